import pytest

from dure.kit import tokens


def test_a_token_says_who_somebody_is_for_one_purpose():
    token = tokens.sign("buy", {"user": 7}, ttl=60)
    assert tokens.unsign("buy", token) == {"user": 7}
    with pytest.raises(tokens.BadToken):
        tokens.unsign("live", token)


def test_a_token_expires():
    with pytest.raises(tokens.BadToken, match="expired"):
        tokens.unsign("buy", tokens.sign("buy", {}, ttl=-1))


@pytest.mark.parametrize(
    "spoil", [lambda t: t[:-2] + "AA", lambda t: "x" + t, lambda t: "nonsense", lambda t: "", lambda t: t + ".a"]
)
def test_a_spoiled_token_is_refused(spoil):
    with pytest.raises(tokens.BadToken):
        tokens.unsign("buy", spoil(tokens.sign("buy", {"user": 7}, ttl=60)))
