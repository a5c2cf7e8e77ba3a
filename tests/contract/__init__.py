"""What every kind of store must do, whatever engine it has."""
