//! What was found, counted and kept within bounds.
