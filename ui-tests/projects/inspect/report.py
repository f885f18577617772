print("never executed, since Fit fails")
