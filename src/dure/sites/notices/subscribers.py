from dure.kit.outbox import follow
from dure.sites.notices.hearing import catch_up

follow(catch_up)
