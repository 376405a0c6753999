from django.utils.translation import gettext_lazy as _

from dure.kit.checks import Check
from dure.messaging.kinds import KINDS

ADVERTISING = ", ".join(f"'{code}'" for code, kind in KINDS.items() if kind.advertising)

CHECKS = [
    Check(
        "advertising_had_consent",
        _("보낸 광고마다 보내기 전에 받은 동의가 있다"),
        f"""
        SELECT m.id, m.kind, m.user_id, m.sent_at FROM messaging_message m
         WHERE m.kind IN ({ADVERTISING}) AND m.status IN ('SENT', 'DELIVERED') AND m.occasion NOT LIKE 'test:%'
           AND NOT COALESCE((SELECT c.given FROM people_consent c
                              WHERE c.subject = 'people.user:' || m.user_id
                                AND c.purpose = CASE m.channel WHEN 'EMAIL' THEN 'AD_EMAIL' ELSE 'AD_TEXT' END
                                AND c.at <= m.sent_at
                              ORDER BY c.at DESC, c.id DESC LIMIT 1), FALSE)
        """,  # noqa: S608 (our own words)
    ),
    Check(
        "no_advertising_text_at_night",
        _("밤(21시-8시)의 광고 문자마다 야간 동의가 있다"),
        f"""
        SELECT m.id, m.user_id, m.sent_at FROM messaging_message m
         WHERE m.kind IN ({ADVERTISING}) AND m.channel = 'TEXT' AND m.status IN ('SENT', 'DELIVERED')
           AND m.occasion NOT LIKE 'test:%'
           AND ((m.sent_at AT TIME ZONE 'Asia/Seoul')::time >= '21:00' OR (m.sent_at AT TIME ZONE 'Asia/Seoul')::time < '08:00')
           AND NOT COALESCE((SELECT c.given FROM people_consent c
                              WHERE c.subject = 'people.user:' || m.user_id AND c.purpose = 'AD_NIGHT' AND c.at <= m.sent_at
                              ORDER BY c.at DESC, c.id DESC LIMIT 1), FALSE)
        """,  # noqa: S608
    ),
    Check(
        "one_text_for_a_failed_talk",
        _("문자로 다시 보낸 알림톡은 도착하지 않은 것이다"),
        """
        SELECT t.id, t.fallback_of_id, k.status FROM messaging_message t
          JOIN messaging_message k ON k.id = t.fallback_of_id
         WHERE k.channel <> 'TALK' OR t.channel <> 'TEXT' OR k.status IN ('DELIVERED', 'SKIPPED')
        """,
    ),
    Check(
        "sent_batch_left_nobody_behind",
        _("넘긴 묶음에는 보내는 중인 알림이 없다"),
        """
        SELECT m.id, m.batch_id FROM messaging_message m JOIN messaging_batch b ON b.id = m.batch_id
         WHERE m.status = 'SENDING' AND b.status <> 'OPEN'
        """,
    ),
    Check(
        "talk_in_approved_words",
        _("나간 알림톡은 카카오가 승인한 템플릿으로 나갔다"),
        """
        SELECT m.id, m.template_id FROM messaging_message m LEFT JOIN messaging_template t ON t.id = m.template_id
         WHERE m.channel = 'TALK' AND m.status IN ('SENT', 'DELIVERED')
           AND (t.id IS NULL OR t.provider_ref = '' OR t.status NOT IN ('LIVE', 'RETIRED'))
        """,
    ),
]
