"""The ladder: what crossed some links, as a drawing."""
