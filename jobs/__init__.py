"""What runs without a person: the clock, the jobs it queues, and the ways out of the house."""
