"""What everybody says in more than one way. The operator keeps the list from here on (office: 같은 말)."""

from django.db import migrations

BOTH_WAYS = """
    감귤 귤 밀감|소고기 쇠고기|달걀 계란|키위 참다래 다래|검은콩 검정콩|어묵 오뎅|쭈꾸미 주꾸미|돈가스 돈까스 돈카츠|
    초콜릿 초코렛 초콜렛 쵸콜릿 쵸코렛|올리브유 올리브오일|화장지 휴지 두루마리휴지|휴대폰 핸드폰 휴대전화|타월 타올|프라이팬 후라이팬|
    스테인리스 스텐 스테인레스 스뎅|에어프라이어 에어프라이기|카디건 가디건|티셔츠 티|재킷 자켓|베개 베게|떡볶이 떡볶기|고춧가루 고추가루|
    샤인머스캣 샤인머스켓|랍스터 랍스타 바닷가재|케이크 케익|도넛 도너츠|액세서리 악세사리|슬리퍼 쓰레빠|양말 삭스|에코백 천가방|
    강아지 애견 반려견|고양이 애묘 반려묘|아동 아이 어린이 유아|여성 여자|남성 남자|노트북 랩탑|이어폰 이어셋|충전기 차저|쿠션 방석|
    담요 블랭킷|머플러 목도리|장갑 글러브|모자 캡|배낭 백팩|지갑 월렛|식칼 부엌칼|컵 잔|그릇 식기|요거트 요구르트|소시지 소세지|
    바비큐 바베큐|주스 쥬스|커피원두 원두|벌꿀 꿀|누룽지 숭늉
"""
ONE_WAY = """
    소고기: 쇠고기 한우 육우|쇠고기: 소고기 한우 육우|달걀: 계란 유정란|계란: 달걀 유정란|검정콩: 검은콩 서리태|수건: 타월 타올|굴: 석화|
    소금: 천일염|젓갈: 명란젓 낙지젓 새우젓|가방: 에코백 크로스백 백팩 토트백|돼지고기: 삼겹살 목살 앞다리 흑돼지|생선: 고등어 갈치 굴비 조기|
    버섯: 표고 새송이 느타리 팽이|부침개: 전 모둠전
"""


def put(apps, schema_editor):
    Synonym = apps.get_model("search", "Synonym")
    rows = {}
    for group in "".join(BOTH_WAYS.split("\n")).split("|"):
        word, *others = group.split()
        rows[word] = Synonym(word=word, key=word, others=others, both_ways=True)
    for line in "".join(ONE_WAY.split("\n")).split("|"):
        word, others = line.split(":")
        rows[word.strip()] = Synonym(word=word.strip(), key=word.strip(), others=others.split(), both_ways=False)
    Synonym.objects.bulk_create(rows.values(), ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("search", "0003_delivery_notes")]

    operations = [migrations.RunPython(put, migrations.RunPython.noop)]
