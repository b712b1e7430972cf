"""Tables and the questions asked of them: one file per noun. Functions take a session first."""
