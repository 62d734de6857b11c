"""Pages of a study: list, protocol, plan, animals, allocation, dosing, audit."""
