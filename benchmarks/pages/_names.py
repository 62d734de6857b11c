"""Drugs, conditions and effects to write about; many of the drugs are invented."""

from __future__ import annotations

import re
from random import Random

from isobole.substances import substances

_FIRST = (
    "Zelto", "Quarni", "Brevo", "Tamixo", "Oxule", "Pirva", "Nelgo", "Furlo",
    "Cadru", "Velmi", "Istra", "Gomba", "Hexlu", "Jorva", "Kelpo", "Lumti",
    "Morxa", "Drapi", "Ebsto", "Rilqua", "Salmu", "Wexto", "Yandro", "Arvelo",
)  # fmt: skip
_MIDDLE = (
    "var", "tri", "bel", "dox", "fen", "gal", "pru", "lin", "mor", "nas", "pet",
    "rol", "sul", "tan", "vex", "zil", "quin", "thor",
)  # fmt: skip
_LAST = (
    "imide", "azole", "idone", "amate", "opine", "ilast", "ustat", "ocaine",
    "uridine", "oxacin", "ipril", "osartan",
)  # fmt: skip
_BRAND = ("ex", "ora", "ium", "al", "on", "is", "ade", "ent", "ix", "evo")
CLASSES = (
    "sodium channel blocker", "carbonic anhydrase inhibitor", "GABA analogue",
    "calcium channel ligand", "beta-adrenergic blocker", "angiotensin antagonist",
    "topoisomerase inhibitor", "macrolide", "histamine antagonist", "loop diuretic",
    "dopamine agonist", "corticosteroid", "proton pump inhibitor", "bile acid binder",
)  # fmt: skip
CONDITIONS = (
    "focal seizures", "absence seizures", "juvenile myoclonic epilepsy",
    "trigeminal neuralgia", "mania", "cluster headache", "migraine prevention",
    "essential hypertension", "heart failure", "gastric ulcer", "chronic bronchitis",
    "allergic rhinitis", "rheumatoid arthritis", "type 2 diabetes", "gout",
    "urinary tract infection", "plaque psoriasis", "open-angle glaucoma",
    "restless legs", "hypothyroidism", "atrial fibrillation", "endometriosis",
)  # fmt: skip
CAUTIONS = (
    "severe hepatic impairment", "acute porphyria", "myasthenia gravis",
    "second-degree heart block", "known hypersensitivity to the active substance",
    "bone marrow depression", "angle-closure glaucoma", "pheochromocytoma",
    "severe renal impairment", "a history of angioedema", "active peptic ulcer",
    "uncorrected hypokalaemia", "untreated adrenal failure", "pregnancy",
)  # fmt: skip
EFFECTS = (
    "nausea", "headache", "dizziness", "dry mouth", "fatigue", "constipation",
    "blurred vision", "ataxia", "insomnia", "pruritus", "loss of appetite",
    "weight gain", "tremor", "palpitations", "ankle swelling", "flushing",
    "diarrhoea", "muscle cramps", "somnolence", "taste disturbance", "vertigo",
)  # fmt: skip
SERIOUS = (
    "agranulocytosis", "toxic epidermal necrolysis", "acute liver failure",
    "QT prolongation", "anaphylaxis", "pancreatitis", "aplastic anaemia",
    "Stevens-Johnson syndrome", "hyponatraemia", "rhabdomyolysis", "bradycardia",
    "lactic acidosis", "interstitial nephritis", "suicidal ideation",
)  # fmt: skip
TESTS = (
    "liver enzymes", "a full blood count", "serum creatinine", "electrolytes",
    "blood pressure", "body weight", "fasting glucose", "an electrocardiogram",
    "bone density", "thyroid function", "plasma concentrations",
)  # fmt: skip
ENZYMES = ("CYP3A4", "CYP2D6", "CYP2C9", "CYP2C19", "CYP1A2", "UGT1A4", "UGT2B7")
ORGANS = ("liver", "kidney", "gut wall", "plasma", "lung")

PARTNERS = (
    *(s.name for s in substances() if not re.search("magnesium|hydro", s.name)),
    "warfarin", "digoxin", "lithium", "rifampicin", "clarithromycin", "ketoconazole",
    "aspirin", "cimetidine", "theophylline", "ciclosporin", "oral contraceptives",
    "alcohol", "antacids", "furosemide", "amiodarone", "methotrexate",
)  # fmt: skip


def invented(rng: Random) -> str:
    """Return a made-up drug name."""
    return rng.choice(_FIRST) + rng.choice(_MIDDLE) + rng.choice(_LAST)


def brand(rng: Random) -> str:
    """Return a made-up brand name."""
    return rng.choice(_FIRST)[:4] + rng.choice(_MIDDLE) + rng.choice(_BRAND)


def titles(n: int, rng: Random) -> list[str]:
    """Return `n` different titles: single drugs and combinations of two."""
    found: dict[str, None] = {}
    real = [p.title() for p in PARTNERS if p not in ("alcohol", "antacids")]
    while len(found) < n:
        first = rng.choice(real) if rng.random() < 0.1 else invented(rng)
        second = f" + {invented(rng)}" if rng.random() < 0.55 else ""
        found[first + second] = None
    return list(found)
