"""The person's side: sound in, turns out."""
