"""What the demo market is made of: shops of Korean markets, what they sell, what buyers say. All invented.

A `Good` becomes about ten products (ways of packing it); a `Trade` is what a shop deals in. Category codes are those
of catalog.categories.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Good:
    """`picture`: names in the illustration set, the first is the subject. `price`: won of the plainest pack."""

    name: str
    pictures: tuple[str, ...]
    price: int
    packs: tuple[tuple[str, float], ...]  # (option name, multiple of the price)
    origin: str = "국내산"


@dataclass(frozen=True)
class Trade:
    code: str
    category: str
    notice: str
    ways: tuple[tuple[str, str], ...]  # (name pattern, tagline pattern), {good} and {place} filled in
    goods: tuple[Good, ...]


KG = (("1kg", 1.0), ("3kg", 2.8), ("5kg", 4.5))
PACKS = (("1팩", 1.0), ("3팩", 2.8), ("5팩", 4.5))
GRAMS = (("200g", 1.0), ("500g", 2.3), ("1kg", 4.3))
JARS = (("500g", 1.0), ("1kg", 1.85), ("2kg", 3.5))
ONE = (("1개", 1.0), ("2개 세트", 1.9))
SIZES = (("S", 1.0), ("M", 1.0), ("L", 1.05))

FRESH = (
    ("{place} {good} 가정용", "모양은 제각각, 맛은 그대로"),
    ("{place} {good} 선물용", "상처 없는 것만 골라 담았어요"),
    ("새벽에 담은 {good}", "주문이 들어오면 그날 담아 보냅니다"),
    ("못난이 {good}", "흠집 난 만큼 값을 내렸어요"),
    ("{good} 산지직송 특가", "밭에서 시장으로, 시장에서 바로 댁으로"),
    ("아침 시장 {good}", "가게 문 열고 제일 먼저 고른 물건"),
)
KITCHEN = (
    ("{place} 손맛 {good}", "할머니 손맛 그대로 매일 조금씩"),
    ("집밥 {good}", "바쁜 저녁, 밥만 지으면 돼요"),
    ("{good} 소포장", "혼자 드시기 좋은 크기"),
    ("{good} 명절 세트", "상자까지 곱게 담아 드려요"),
    ("옛날식 {good}", "삼십 년 지킨 간을 그대로"),
    ("{place} 시장 {good}", "시장에서 줄 서서 사던 그 맛"),
)
CRAFT = (
    ("손으로 만든 {good}", "하나하나 조금씩 달라요"),
    ("{place} 공방 {good}", "공방에서 바로 보내 드려요"),
    ("{good} 선물 세트", "오래 쓰는 선물"),
    ("매일 쓰는 {good}", "쓸수록 손에 익어요"),
    ("{good} 한정 제작", "이번 달 만든 만큼만 팝니다"),
    ("{place} {good}", "오래 지켜온 방식으로"),
)

TRADES = {
    t.code: t
    for t in (
        Trade(
            "fruit",
            "fruit",
            "FOOD",
            FRESH,
            (
                Good("감귤", ("tangerine",), 9900, KG, "제주"),
                Good("사과", ("red-apple",), 12900, KG, "경북 청송"),
                Good("아오리 사과", ("green-apple",), 11900, KG, "경북 영주"),
                Good("배", ("pear",), 14900, KG, "전남 나주"),
                Good("복숭아", ("peach",), 15900, KG, "경기 이천"),
                Good("포도", ("grapes",), 13900, KG, "충북 영동"),
                Good("딸기", ("strawberry",), 11900, PACKS, "충남 논산"),
                Good("수박", ("watermelon",), 19900, ONE, "전북 고창"),
                Good("참외 멜론", ("melon",), 13900, KG, "경북 성주"),
                Good("체리", ("cherries",), 16900, GRAMS, "경북 경주"),
                Good("블루베리", ("blueberries",), 12900, GRAMS, "전북 정읍"),
                Good("키위", ("kiwi-fruit",), 11900, KG, "전남 해남"),
            ),
        ),
        Trade(
            "vegetable",
            "vegetable",
            "FOOD",
            FRESH,
            (
                Good("햇감자", ("potato",), 6900, KG, "강원 평창"),
                Good("고구마", ("roasted-sweet-potato",), 8900, KG, "전남 해남"),
                Good("햇양파", ("onion",), 4900, KG, "전남 무안"),
                Good("깐마늘", ("garlic",), 7900, GRAMS, "경북 의성"),
                Good("흙당근", ("carrot",), 5900, KG, "제주 구좌"),
                Good("알배추", ("leafy-green",), 4900, ONE, "강원 태백"),
                Good("청양고추", ("hot-pepper",), 5900, GRAMS, "경남 밀양"),
                Good("파프리카", ("bell-pepper",), 6900, PACKS, "강원 철원"),
                Good("오이", ("cucumber",), 4900, PACKS, "충남 천안"),
                Good("가지", ("eggplant",), 4900, PACKS, "경기 여주"),
                Good("찰옥수수", ("ear-of-corn",), 7900, PACKS, "강원 홍천"),
                Good("토마토", ("tomato",), 8900, KG, "부산 대저"),
                Good("표고버섯", ("brown-mushroom",), 9900, GRAMS, "전남 장흥"),
                Good("생강", ("ginger-root",), 6900, GRAMS, "충남 서산"),
            ),
        ),
        Trade(
            "seafood",
            "seafood",
            "FOOD",
            FRESH,
            (
                Good("고등어", ("fish",), 8900, PACKS, "부산"),
                Good("복어포", ("blowfish",), 14900, PACKS, "경남 통영"),
                Good("새우", ("shrimp",), 15900, GRAMS, "전남 신안"),
                Good("꽃게", ("crab",), 23900, KG, "인천 연평"),
                Good("오징어", ("squid",), 12900, PACKS, "강원 속초"),
                Good("굴", ("oyster",), 9900, GRAMS, "경남 통영"),
                Good("바닷가재", ("lobster",), 39900, ONE, "국내 양식"),
                Good("어묵", ("fish-cake-with-swirl",), 6900, PACKS, "부산"),
            ),
        ),
        Trade(
            "grain",
            "grain",
            "FOOD",
            FRESH,
            (
                Good("햅쌀", ("sheaf-of-rice", "cooked-rice"), 12900, KG, "경기 이천"),
                Good("잡곡", ("beans",), 8900, GRAMS, "강원 정선"),
                Good("땅콩", ("peanuts",), 7900, GRAMS, "전북 고창"),
                Good("밤", ("chestnut",), 9900, KG, "충남 공주"),
                Good("완두콩", ("pea-pod",), 6900, GRAMS, "경남 함안"),
            ),
        ),
        Trade(
            "banchan",
            "banchan",
            "GENERAL_FOOD",
            KITCHEN,
            (
                Good("배추김치", ("leafy-green", "hot-pepper"), 9900, JARS),
                Good("열무김치", ("leafy-green", "herb"), 8900, JARS),
                Good("갈비찜", ("meat-on-bone", "pot-of-food"), 18900, PACKS),
                Good("육개장", ("pot-of-food",), 8900, PACKS),
                Good("잡채", ("steaming-bowl",), 9900, PACKS),
                Good("전 모둠", ("pancakes",), 12900, PACKS),
                Good("달걀장", ("egg", "cooking"), 6900, PACKS),
                Good("카레", ("curry-rice",), 6900, PACKS),
                Good("만두", ("dumpling",), 8900, PACKS),
                Good("주먹밥", ("rice-ball",), 4900, PACKS),
            ),
        ),
        Trade(
            "sauce",
            "sauce",
            "GENERAL_FOOD",
            KITCHEN,
            (
                Good("된장", ("jar", "beans"), 12900, JARS),
                Good("고추장", ("jar", "hot-pepper"), 13900, JARS),
                Good("천일염", ("salt",), 6900, JARS, "전남 신안"),
                Good("참기름", ("bottle-with-popping-cork", "sheaf-of-rice"), 15900, ONE),
                Good("매실청", ("jar", "green-apple"), 11900, JARS),
                Good("올리브 장아찌", ("olive",), 9900, JARS),
            ),
        ),
        Trade(
            "sweets",
            "sweets",
            "GENERAL_FOOD",
            KITCHEN,
            (
                Good("약과", ("cookie",), 8900, PACKS),
                Good("꿀떡 경단", ("dango",), 7900, PACKS),
                Good("누룽지", ("rice-cracker",), 12900, PACKS),
                Good("엿", ("candy",), 5900, PACKS),
                Good("생크림 떡케이크", ("shortcake",), 19900, ONE),
                Good("단팥빵", ("bread",), 6900, PACKS),
                Good("호떡", ("flatbread",), 5900, PACKS),
                Good("찹쌀 꽈배기", ("pretzel",), 5900, PACKS),
                Good("강냉이", ("popcorn",), 4900, PACKS),
                Good("컵케이크", ("cupcake",), 7900, PACKS),
            ),
        ),
        Trade(
            "tea",
            "tea",
            "GENERAL_FOOD",
            KITCHEN,
            (
                Good("우전 녹차", ("teacup-without-handle", "herb"), 24900, ONE, "경남 하동"),
                Good("꿀", ("honey-pot", "honeybee"), 18900, JARS, "강원 인제"),
                Good("쌍화차", ("teapot",), 12900, PACKS),
                Good("생강청", ("jar", "ginger-root"), 11900, JARS),
                Good("전통주", ("sake",), 17900, ONE),
                Good("목장 우유", ("glass-of-milk",), 5900, PACKS, "강원 평창"),
            ),
        ),
        Trade(
            "meat",
            "meat",
            "FOOD",
            FRESH,
            (
                Good("한우 불고기", ("cut-of-meat",), 19900, GRAMS, "강원 횡성"),
                Good("돼지 등갈비", ("meat-on-bone",), 13900, GRAMS, "제주"),
                Good("토종닭", ("poultry-leg",), 12900, ONE, "전북 익산"),
                Good("삼겹살", ("bacon",), 12900, GRAMS, "충남 홍성"),
                Good("유정란", ("nest-with-eggs",), 8900, PACKS, "경기 포천"),
            ),
        ),
        Trade(
            "pottery",
            "kitchen",
            "KITCHEN_UTENSILS",
            CRAFT,
            (
                Good("백자 찻주전자", ("teapot",), 45900, ONE),
                Good("다기 잔", ("teacup-without-handle",), 15900, ONE),
                Good("옹기 다관", ("teapot", "teacup-without-handle"), 39900, ONE),
                Good("막사발", ("bowl-with-spoon",), 18900, ONE),
                Good("나무 수저", ("chopsticks", "spoon"), 12900, ONE),
                Good("무쇠 식칼", ("kitchen-knife",), 34900, ONE),
                Good("유리 물잔", ("tumbler-glass",), 9900, ONE),
            ),
        ),
        Trade(
            "textile",
            "fashion",
            "WEAR",
            CRAFT,
            (
                Good("누빔 목도리", ("scarf",), 25900, ONE),
                Good("생활한복 저고리", ("womans-clothes",), 69900, SIZES),
                Good("면 양말", ("socks",), 5900, ONE),
                Good("털장갑", ("gloves",), 12900, ONE),
                Good("린넨 원피스", ("dress",), 49900, SIZES),
                Good("천연염색 티셔츠", ("t-shirt",), 29900, SIZES),
                Good("밀짚모자", ("womans-hat",), 19900, ONE),
                Good("손뜨개 실", ("yarn",), 8900, ONE),
            ),
        ),
        Trade(
            "living",
            "living",
            "KITCHEN_UTENSILS",
            CRAFT,
            (
                Good("쑥 비누", ("soap", "herb"), 6900, ONE),
                Good("장미 로션", ("lotion-bottle", "rose"), 18900, ONE),
                Good("밀랍 초", ("candle",), 12900, ONE),
                Good("왕골 바구니", ("basket",), 29900, ONE),
                Good("부채", ("folding-hand-fan",), 9900, ONE),
                Good("수수 빗자루", ("broom",), 14900, ONE),
                Good("한지 촛대", ("candle",), 32900, ONE),
                Good("대나무 우산", ("closed-umbrella",), 39900, ONE),
            ),
        ),
        Trade(
            "craft",
            "craft",
            "ETC",
            CRAFT,
            (
                Good("은반지", ("ring",), 39900, ONE),
                Good("칠보 장신구", ("gem-stone",), 28900, ONE),
                Good("곰 인형", ("teddy-bear",), 24900, ONE),
                Good("자수 실", ("thread",), 7900, ONE),
                Good("전통 인형", ("nesting-dolls",), 34900, ONE),
                Good("가죽 손가방", ("handbag",), 89900, ONE),
                Good("붓", ("paintbrush",), 11900, ONE),
            ),
        ),
        Trade(
            "flower",
            "flower",
            "ETC",
            CRAFT,
            (
                Good("꽃다발", ("bouquet",), 29900, ONE),
                Good("화분", ("potted-plant",), 15900, ONE),
                Good("선인장", ("cactus",), 9900, ONE),
                Good("해바라기", ("sunflower",), 12900, ONE),
                Good("튤립 구근", ("tulip",), 8900, PACKS),
                Good("허브 모종", ("seedling", "herb"), 4900, PACKS),
            ),
        ),
    )
}

# (shop, trade, market, place word for product names, owner). Markets are those of the starter list where they exist.
SHOPS = (
    ("돌담과일", "fruit", "제주동문시장", "제주", "고은숙"),
    ("청송댁 사과가게", "fruit", "안동구시장", "청송", "권영자"),
    ("나주배 삼형제", "fruit", "나주목사고을시장", "나주", "정대호"),
    ("과일트럭 민씨네", "fruit", "망원시장", "망원", "민경수"),
    ("수박총각", "fruit", "모란민속5일장", "고창", "유재형"),
    ("흙사랑 채소", "vegetable", "경동시장", "강원", "박순례"),
    ("구좌당근집", "vegetable", "제주동문시장", "구좌", "강미라"),
    ("의성마늘 김가네", "vegetable", "서문시장", "의성", "김태식"),
    ("새벽채소 오남매", "vegetable", "가락몰", "새벽", "오정민"),
    ("버섯아재", "vegetable", "정남진장흥토요시장", "장흥", "위성환"),
    ("자갈치 은하상회", "seafood", "자갈치시장", "부산", "이말순"),
    ("통영바다 굴집", "seafood", "통영중앙시장", "통영", "하동철"),
    ("연평꽃게 선주네", "seafood", "인천종합어시장", "연평", "조기순"),
    ("속초항 오징어", "seafood", "속초관광수산시장", "속초", "최병국"),
    ("깡통골목 어묵", "seafood", "부평깡통시장", "부산", "문정아"),
    ("이천쌀 방앗간", "grain", "관고전통시장", "이천", "서길자"),
    ("정선아리랑 잡곡", "grain", "정선아리랑시장", "정선", "전병철"),
    ("공주밤 알토란", "grain", "공주산성시장", "공주", "임수경"),
    ("광장 반찬 순이네", "banchan", "광장시장", "광장", "한순이"),
    ("통인 엄마손 반찬", "banchan", "통인시장", "통인", "신혜경"),
    ("전주댁 김치", "banchan", "전주남부시장", "전주", "황금옥"),
    ("육개장 이모네", "banchan", "서문시장", "대구", "배명희"),
    ("만두 빚는 집", "banchan", "남대문시장", "남대문", "장국진"),
    ("수원 통닭골목 반찬", "banchan", "팔달문시장", "수원", "노승민"),
    ("순창 장독대", "sauce", "순창시장", "순창", "설재옥"),
    ("신안 소금꽃", "sauce", "목포종합수산시장", "신안", "박천일"),
    ("방앗간 참기름집", "sauce", "중앙시장", "방앗간", "윤덕수"),
    ("하동 매실마을", "sauce", "하동공설시장", "하동", "조매화"),
    ("낙원떡집 딸들", "sweets", "광장시장", "낙원", "이보람"),
    ("개성약과 연구소", "sweets", "의정부제일시장", "개성", "송지안"),
    ("강릉 한과마을", "sweets", "강릉중앙시장", "강릉", "최옥련"),
    ("호떡 삼대째", "sweets", "부평깡통시장", "부산", "곽철민"),
    ("군산 단팥빵집", "sweets", "군산공설시장", "군산", "문성재"),
    ("하동 야생차밭", "tea", "화개장터", "하동", "김종관"),
    ("인제 꿀아저씨", "tea", "원통전통시장", "인제", "용석주"),
    ("약령시 쌍화당", "tea", "경동시장", "약령시", "한의정"),
    ("평창 목장집", "tea", "평창올림픽시장", "평창", "전하늘"),
    ("횡성한우 축산", "meat", "횡성전통시장", "횡성", "엄주현"),
    ("제주 흑돈 정육점", "meat", "서귀포매일올레시장", "제주", "양철우"),
    ("토종닭 마당집", "meat", "익산북부시장", "익산", "백승희"),
    ("이천 도자기 공방", "pottery", "사기막골도자기시장", "이천", "도예린"),
    ("옹기장이 정씨", "pottery", "외고산옹기마을장터", "울주", "정동휘"),
    ("대장간 칼가게", "pottery", "증평장뜰시장", "증평", "최용진"),
    ("동대문 누빔집", "textile", "동대문종합시장", "동대문", "서미자"),
    ("한복거리 새댁", "textile", "광장시장", "종로", "김하린"),
    ("양말할머니", "textile", "남대문시장", "남대문", "주옥희"),
    ("담양 대바구니", "living", "담양시장", "담양", "국근섭"),
    ("강화 왕골공예", "living", "강화풍물시장", "강화", "허은미"),
    ("인사동 작은공방", "craft", "인사동문화의거리", "인사동", "나윤슬"),
    ("양재 꽃수레", "flower", "양재꽃시장", "양재", "구다영"),
)

BUYERS = tuple(
    a + b
    for a in ("김", "이", "박", "최", "정", "강", "조", "윤", "장", "임", "한", "오", "서", "신", "권")
    for b in (
        "서연",
        "민준",
        "지우",
        "도윤",
        "하은",
        "예준",
        "수아",
        "시우",
        "지민",
        "건우",
        "채원",
        "현우",
        "유진",
        "준서",
        "다은",
        "우진",
    )
)

ADDRESSES = (
    ("06236", "서울특별시 강남구 테헤란로 152"),
    ("04524", "서울특별시 중구 세종대로 110"),
    ("03925", "서울특별시 마포구 월드컵북로 396"),
    ("13529", "경기도 성남시 분당구 판교역로 235"),
    ("16488", "경기도 수원시 팔달구 효원로 1"),
    ("21554", "인천광역시 남동구 정각로 29"),
    ("48060", "부산광역시 해운대구 센텀중앙로 90"),
    ("41911", "대구광역시 중구 공평로 88"),
    ("61945", "광주광역시 서구 내방로 111"),
    ("35242", "대전광역시 서구 둔산로 100"),
    ("44675", "울산광역시 남구 중앙로 201"),
    ("63122", "제주특별자치도 제주시 문연로 6"),
    ("24266", "강원특별자치도 춘천시 중앙로 1"),
    ("54968", "전북특별자치도 전주시 완산구 효자로 225"),
    ("31156", "충청남도 천안시 서북구 번영로 156"),
)

REVIEWS = {
    5: (
        "시장에서 사던 맛 그대로예요. 포장도 꼼꼼해서 하나도 안 상하고 왔어요.",
        "부모님 댁에 보내 드렸는데 전화로 고맙다고 하시네요. 또 살게요.",
        "방송 보고 샀는데 사장님 말씀대로예요. 양도 넉넉해요.",
        "하루 만에 왔어요. 신선하고 정말 맛있어요.",
        "덤까지 넣어 주셨어요. 정이 느껴집니다.",
        "선물했는데 반응이 너무 좋았어요. 재구매 의사 100%.",
    ),
    4: (
        "맛은 좋은데 생각보다 조금 작아요. 그래도 만족해요.",
        "배송이 하루 늦었지만 상품은 좋아요.",
        "가격 대비 괜찮아요. 포장이 조금 컸어요.",
    ),
    3: ("보통이에요. 사진이랑 색이 조금 달라요.", "무난해요. 다음엔 큰 걸로 살게요."),
    2: ("몇 개는 물러서 왔어요. 교환은 빨리 해 주셨어요.",),
}

REPLIES = ("고맙습니다! 다음에는 더 좋은 것으로 골라 보내 드릴게요.", "소중한 후기 감사해요. 건강하세요!")
