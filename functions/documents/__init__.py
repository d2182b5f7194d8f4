"""What belongs to no context: the API's document and its page, health, and unknown routes."""
