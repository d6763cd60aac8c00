"""Makes tiny models of public families and records what Hugging Face transformers makes of pictures and words with them."""
