"""What somebody may try who means no good: each promise of SECURITY.md that can be tested is held by a test here."""
