"""Which place a body governs: chains of place names, levels that covers tell, and what is no place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.model import GovernmentLevel
from ingest.places import Region, region_of


@pytest.mark.parametrize(
    ("organization", "place", "level"),
    [
        ("江苏省高级人民法院", "江苏省", "province"),
        ("政协江苏省委员会办公厅", "江苏省", "province"),
        ("上海市城市管理行政执法局", "上海市", "province"),
        ("广州市人民政府政务管理办公室", "广州市", "city"),
        ("湘西土家族苗族自治州民政局", "湘西土家族苗族自治州", "city"),
        ("上海市普陀区人民政府万里街道办事处", "上海市普陀区", "district"),
        ("中共上海市普陀区委社会工作部", "上海市普陀区", "district"),
        ("上海市浦东新区卫生健康委员会", "上海市浦东新区", "district"),
        ("青岛市市北区市场监督管理局", "青岛市市北区", "district"),
        ("普陀区市场监督管理局", "普陀区", "district"),
        ("赵县教育局", "赵县", "district"),
        ("广州开发区行政服务管理中心", "广州开发区", "district"),
        ("苏州工业园区管理委员会", "苏州工业园区", "district"),
        ("内蒙古自治区呼和浩特市新城区财政局", "内蒙古自治区呼和浩特市新城区", "district"),
        ("东莞市虎门镇人民政府", "东莞市虎门镇", "township"),
        ("白塔乡人民政府", "白塔乡", "township"),
        ("国家税务总局上海市税务局", "上海市", "central"),
        ("财政部", None, "central"),
    ],
)
def test_the_name_tells_the_place(organization: str, place: str | None, level: GovernmentLevel) -> None:
    assert region_of(organization, []) == Region(place, level)


@pytest.mark.parametrize("name", ["住房和城乡建设局", "社区服务中心", "市场监督管理局", "教育局", "", None])
def test_no_place_no_region(name: str | None) -> None:
    assert region_of(name, ["部门预算"]) is None


def test_the_cover_knows_more_than_the_name() -> None:
    cover = ["上海市普陀区区级部门预算"]
    assert region_of("普陀区司法局", cover) == Region("上海市普陀区", "district")
    assert region_of("白塔镇人民政府", ["临江市白塔镇镇级部门预算"]) == Region("临江市白塔镇", "township")


def test_words_before_a_place_are_no_part_of_it() -> None:
    assert region_of("临江市司法局", ["预算公开"], "临江市司法局预算公开") == Region("临江市", "city")
    assert region_of("临江市司法局", ["关于临江市预算的说明"]) == Region("临江市", "city")


def test_the_cover_of_another_place_does_not_count() -> None:
    assert region_of("广州市公安局", ["临江省临江市部门预算"]) == Region("广州市", "city")


@given(st.text(max_size=30), st.lists(st.text(max_size=20), max_size=4))
def test_any_names_have_a_region_or_none(name: str, cover: list[str]) -> None:
    found = region_of(name, cover)
    assert found is None or found.name is None or found.name in "".join([name, *cover])
