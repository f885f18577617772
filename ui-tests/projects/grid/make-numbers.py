import json
import random

import orchest

seed = orchest.get_pipeline_param("seed")
count = orchest.get_step_param("count")
random.seed(seed)
numbers = [random.randint(1, 100) for _ in range(count)]
with open("numbers.json", "w") as file:
    json.dump(numbers, file)
print(f"made {count} numbers with seed {seed}: {numbers}")
