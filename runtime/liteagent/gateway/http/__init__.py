"""What every route shares: who asks, how much, what is said when it fails."""
