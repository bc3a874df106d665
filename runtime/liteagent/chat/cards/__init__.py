"""Approval cards: what they show, what their buttons carry, and the forms behind them."""
