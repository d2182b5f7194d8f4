"""Orders: all or nothing, exactly once, never oversold."""
