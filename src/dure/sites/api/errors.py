"""What the API refuses before any room of the house is asked."""

from django.utils.translation import gettext_lazy as _

from dure.kit.errors import DureError


class KeyUnknown(DureError):
    code = "key_unknown"
    message = _("쓸 수 없는 키예요. 철회되었거나 기한이 지났는지 확인해 주세요.")
    status = 401


class KeyNeeded(DureError):
    code = "sign_in_first"
    message = _("로그인한 뒤에 다시 요청해 주세요.")
    status = 401


class ScopeMissing(DureError):
    """Carries `scope`, the one that is asked for."""

    code = "scope_missing"
    message = _("이 키에는 %(scope)s 권한이 없어요.")
    status = 403


class CsrfFailed(DureError):
    code = "csrf_failed"
    message = _("브라우저에서 보낼 때는 CSRF 토큰이 있어야 해요. 다른 프로그램은 키를 써 주세요.")
    status = 403


class TooManyRequests(DureError):
    code = "too_many_requests"
    message = _("요청이 너무 많아요. %(seconds)d초 뒤에 다시 보내 주세요.")
    status = 429


class NotFound(DureError):
    code = "not_found"
    message = _("찾는 것이 없어요.")
    status = 404


class MethodNotAllowed(DureError):
    code = "method_not_allowed"
    message = _("이 주소에서는 쓸 수 없는 방법(%(method)s)이에요.")
    status = 405


class TooLarge(DureError):
    code = "too_large"
    message = _("요청 본문은 1MB까지 받을 수 있어요.")
    status = 413


class NotJson(DureError):
    code = "not_json"
    message = _("본문은 JSON이어야 해요. Content-Type: application/json 으로 보내 주세요.")
    status = 415


class Malformed(DureError):
    code = "malformed"
    message = _("요청을 읽을 수 없어요. JSON 문법과 글자를 확인해 주세요.")


class Invalid(DureError):
    """Carries `fields`: [(field, sentence)]."""

    code = "invalid"
    message = _("요청의 %(field)s 값이 올바르지 않아요.")
    status = 422


class BadCursor(DureError):
    code = "bad_cursor"
    message = _("이어 읽을 자리를 알 수 없어요. 앞 응답의 next를 그대로 보내 주세요.")
    status = 422
    field = "cursor"


class IdempotencyKeyNeeded(DureError):
    code = "idempotency_key_needed"
    message = _("Idempotency-Key 헤더를 보내 주세요. 같은 요청을 두 번 보내도 한 번만 처리해요.")


class IdempotencyKeyTooLong(DureError):
    code = "idempotency_key_too_long"
    message = _("Idempotency-Key는 100자까지예요.")


class ChangedMeanwhile(DureError):
    code = "changed_meanwhile"
    message = _("읽은 뒤에 다른 사람이 고쳤어요. 다시 읽고 고쳐 주세요.")
    status = 412


class MatchNeeded(DureError):
    code = "if_match_needed"
    message = _("읽을 때 받은 ETag를 If-Match 헤더로 보내 주세요. 남이 고친 것을 덮어쓰지 않으려는 것이에요.")
    status = 428


class NotInSandbox(DureError):
    code = "not_in_sandbox"
    message = _("연습 키로는 결제하지 않아요. 운영 키로 보내 주세요.")
    status = 409


class Broken(DureError):
    code = "internal_error"
    message = _("서버에서 문제가 생겼어요. 요청 번호 %(request)s를 알려 주시면 찾아볼게요.")
    status = 500


class NameNeeded(DureError):
    code = "key_name_needed"
    message = _("키의 이름을 적어 주세요.")
    field = "name"


class BadScopes(DureError):
    code = "bad_scopes"
    message = _("고를 수 없는 권한이에요: %(scopes)s")
    field = "scopes"


class BadAddress(DureError):
    code = "bad_webhook_address"
    message = _("이 주소로는 보낼 수 없어요. 밖에서 열리는 https 주소를 적어 주세요. (%(why)s)")
    field = "url"


class BadTopics(DureError):
    code = "bad_topics"
    message = _("모르는 알림이에요: %(topics)s")
    field = "topics"
