from django.utils.translation import gettext_lazy as _

from dure.kit.errors import DureError


class WordNeeded(DureError):
    code = "word_needed"
    message = _("낱말을 적어 주세요.")
    field = "word"


class OthersNeeded(DureError):
    code = "others_needed"
    message = _("같은 말을 하나 이상 적어 주세요. 여럿이면 쉼표로 나눠요.")
    field = "others"


class WordTaken(DureError):
    """There is a row for this word already: it should be changed, not a second made."""

    code = "word_taken"
    message = _("‘%(word)s’은(는) 이미 있어요. 그 줄을 고쳐 주세요.")
    status = 409
    field = "word"


class TooManyWishes(DureError):
    code = "too_many_wishes"
    message = _("찜은 %(most)d개까지 담을 수 있어요. 찜 목록에서 몇 개를 빼 주세요.")
    status = 409
