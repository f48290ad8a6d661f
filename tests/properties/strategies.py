"""Documents and goals for laws: those of the fuzzer, drawn by hypothesis so that failures shrink, and texts and globs over two letters."""

from random import Random

from hypothesis import strategies as st

from tests.differential.documents import Case, generate

#: A random document with a goal; hypothesis owns every choice.
cases: st.SearchStrategy[Case] = st.randoms(use_true_random=False).map(generate)
#: The same from a seed: shrinks badly and covers far more.
seeded_cases: st.SearchStrategy[Case] = st.integers(0, 2**40).map(lambda seed: generate(Random(seed)))
documents = st.one_of(seeded_cases, cases)

globs = st.text("ab*?", max_size=5)
json_values: st.SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=20,
)
