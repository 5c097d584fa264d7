"""How much anybody may do: tries, and what people without a sign-in may use up; all processes count together."""
