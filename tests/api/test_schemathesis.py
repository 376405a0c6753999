"""The whole API asked by its own description: whatever is sent, nothing breaks and every answer is what was promised."""

import itertools

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode, Response
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from builders import a_commission_plan, a_line, a_person, an_option
from dure.commerce.cart.actions import start
from dure.commerce.orders.models import Order
from dure.commerce.sellers.models import Member
from dure.finance.payments.errors import PaymentUnknown
from dure.kit import clock, ids
from dure.sites.api.v1.checkout import CART_PREFIX
from machines import a_key

pytestmark = pytest.mark.django_db
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
EXAMPLES = 5  # of each operation for each caller
CALLERS = ("anybody", "person", "seller", "practice", "shopfront", "house")


@pytest.fixture
def things():
    """One of everything, so that half of the requests find what they ask for."""
    a_commission_plan()
    line = a_line("DELIVERED", option=an_option(stock=1_000))
    product = line.option.product
    type(product).objects.filter(pk=product.pk).update(on_sale_at=clock.now())
    cart = ids.code(32)
    start(CART_PREFIX + cart, [(line.option_id, 2)])
    owner = a_person()
    Member.objects.create(seller=line.seller, user=owner, role="OWNER")
    return {
        "seller": line.seller,
        "owner": owner,
        "ids": {
            "product_id": product.pk,
            "option_id": line.option_id,
            "line_id": line.pk,
            "cart_id": cart,
            "number": Order.objects.get(pk=line.order_id).number,
        },
    }


def headers_of(who, things, client):
    match who:
        case "anybody":
            return {}
        case "person":
            client.force_login(things["owner"])
            token = "t" * 32
            return {"Cookie": f"sessionid={client.cookies['sessionid'].value}; csrftoken={token}", "X-CSRFToken": token}
        case "seller":
            return {"Authorization": f"Bearer {a_key(things['seller'], per_minute=10**6)}"}
        case "practice":
            return {"Authorization": f"Bearer {a_key(things['seller'], per_minute=10**6, mode='test')}"}
        case "shopfront":
            return {"Authorization": f"Bearer {a_key(per_minute=10**6)}"}
    return {"Authorization": f"Bearer {a_key(holder='HOUSE', per_minute=10**6)}"}


@pytest.mark.parametrize("who", CALLERS)
def test_whatever_is_asked_is_answered_as_described(who, things, client, monkeypatch):
    """Each operation with well-formed and with malformed requests; every other one about things that are there."""
    monkeypatch.setattr("dure.sites.api.limits.ANYBODY", 10**6)
    monkeypatch.setattr("dure.sites.api.v1.checkout.payments.confirm", _unpaid)
    headers, turn = headers_of(who, things, client), itertools.count()
    described = client.get("/api/v1/openapi.json").json()
    for operation in itertools.chain(*(methods.values() for methods in described["paths"].values())):
        del operation["security"]  # who asks is not left to chance
    schema = schemathesis.openapi.from_dict(described)
    asked, faults = 0, []
    for operation in (found.ok() for found in schema.get_all_operations()):
        for mode in GenerationMode:

            @given(case=operation.as_strategy(generation_mode=mode))
            @settings(
                max_examples=EXAMPLES,
                deadline=None,
                database=None,
                derandomize=True,  # the same questions every time: a failure can be asked again
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            def ask(case):
                if mode == GenerationMode.POSITIVE and next(turn) % 2:
                    for name in set(case.path_parameters or {}) & set(things["ids"]):
                        case.path_parameters[name] = things["ids"][name]
                case.validate_response(sent_to(client, case, headers), checks=CHECKS)

            try:
                ask()
            except Unsatisfiable:  # nothing malformed can be sent where nothing is sent
                continue
            except (FailureGroup, Failure) as failure:
                faults.append(f"{mode.value} {operation.label}: {failure}")
            asked += 1
    assert not faults, "\n\n".join(faults)
    assert asked > 40


def sent_to(client, case, headers):
    """The case asked of the house in this very transaction; the answer as schemathesis reads it."""
    asked = requests.Request(**case.as_transport_kwargs(base_url="http://testserver", headers=headers)).prepare()
    body = asked.body.encode() if isinstance(asked.body, str) else asked.body or b""
    kind = asked.headers.get("Content-Type", "")
    others = {name: value for name, value in asked.headers.items() if name not in {"Content-Type", "Content-Length"}}
    told = client.generic(asked.method, asked.path_url, body, kind, headers=others)
    answer = {name: [value] for name, value in told.headers.items()}
    return Response(told.status_code, answer, told.content, request=asked, elapsed=0, verify=False)


def _unpaid(*args):
    """The provider is not asked hundreds of times."""
    raise PaymentUnknown()


def test_the_description_is_openapi_3_1(client):
    told = client.get("/api/v1/openapi.json").json()
    assert told["openapi"].startswith("3.1") and told["components"]["schemas"]["Problem"]
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], f"{method} {path} has no words"
            assert operation["security"], f"{method} {path} does not say who may ask"
