import orchest

print(f"fitted {orchest.get_step_param('model')} with alpha {orchest.get_step_param('alpha')}")
