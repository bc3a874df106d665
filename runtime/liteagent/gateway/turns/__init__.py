"""Turns as the compatible routes see them: started once, followed, told."""
