"""How well signs of the kind of page tell initiatives from pages about racism.

    python -m tests.benchmarks.relevance

Prints the area under the ROC curve of what is shipped, and, five times, of weights that were
chosen on a random two thirds (ridge regression, rounded to two digits) on the other third.
"""

import json
import random
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from kb.declare.declarations import Declarations
from kb.home import Home, shipped
from kb.screen.relevance import TERMS_SHARE, Scorer
from kb.text.matcher import Matcher

SPLITS = 5
OTHERS = Path(__file__).parents[1] / "sets/not_initiatives.jsonl"


def main() -> None:
    """Prints each figure."""
    lexicon = Declarations.of(Home(shipped("offer.toml").parent)).lexicon
    rows = [
        (json.loads(line), path != OTHERS)
        for path in (shipped("register.jsonl"), OTHERS)
        for line in path.read_text().splitlines()
    ]
    truth = np.array([is_one for _, is_one in rows])
    pages = [(row["title"], row["summary"]) for row, _ in rows]
    whole, terms = Scorer(lexicon), Scorer(lexicon.model_copy(update={"sign": ()}))
    ours = [whole.score(title, summary, "").score for title, summary in pages]
    print(f"terms alone {_area(truth, [terms.score(*each, '').score for each in pages]):.3f}")
    print(f"as shipped  {_area(truth, ours):.3f} (its weights have seen these rows)")
    signs = [Matcher.of_phrases(s.forms) for s in lexicon.sign if s.in_opening]
    table = np.array(
        [
            [terms.score(*each, "").score, *(bool(s.occurrences(" \n ".join(each))) for s in signs)]
            for each in pages
        ]
    )
    unseen = [_unseen(table, truth, random.Random(seed)) for seed in range(SPLITS)]
    print(
        "unseen thirds", " ".join(f"{area:.3f}" for area in unseen), f"mean {np.mean(unseen):.3f}"
    )


def _unseen(table: np.ndarray, truth: np.ndarray, chance: random.Random) -> float:
    """The area on a third, by weights chosen on the rest."""
    order = list(range(len(truth)))
    chance.shuffle(order)
    cut = len(order) * 2 // 3
    model = LogisticRegression(C=0.2, class_weight="balanced", max_iter=1000)
    model.fit(table[order[:cut]], truth[order[:cut]])
    # Scaled as they stand in the lexicon: all that the terms can say is a half.
    signs = np.round(model.coef_[0][1:] / model.coef_[0][0] * TERMS_SHARE, 2)
    words, acting = table[order[cut:], 0] / TERMS_SHARE, table[order[cut:], 1:]
    adds, takes = acting @ np.maximum(signs, 0), acting @ np.minimum(signs, 0)
    return _area(truth[order[cut:]], words * (TERMS_SHARE + adds) + takes)


def _area(truth: np.ndarray, scores: object) -> float:
    return float(roc_auc_score(truth, scores))


if __name__ == "__main__":
    main()
