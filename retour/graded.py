"""What may become of returns once their grade is known: every profile with each of the five grades."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retour.indexed import GRADES, Profiles, recovered_shares
from retour.instance import Instance

IntArray = NDArray[np.int64]


def graded_profiles(instance: Instance, profile: IntArray) -> Profiles:
    """Return profiles (m,) of tonight's returns with each grade known; row 5 i + g is profile[i] with grade g."""
    ix, m = instance.indexed, len(profile)
    of_class = ix.profiles.class_idx[profile]
    share = recovered_shares(instance.tables)[of_class].reshape(m * len(GRADES), -1)
    table = ix.profiles.table.iloc[np.repeat(profile, len(GRADES))].reset_index(drop=True)
    return Profiles(
        table=table.assign(grade=np.tile([str(g) for g in GRADES], m)),
        class_idx=np.repeat(of_class, len(GRADES)),
        grade_odds=np.tile(np.eye(len(GRADES)), (m, 1)),
        share=np.nan_to_num(share),
        odds=(~np.isnan(share)).astype(float),
        resaleable=np.tile(np.isin(GRADES, instance.policy.outcomes.resaleable_grades).astype(float), m),
    )
