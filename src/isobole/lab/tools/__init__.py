"""Quick tools without a study, and drug monographs."""
