"""What all pages share: template tags, form fields, middleware, sentences for refusals, access (floor 3)."""
