"""What each task of the module must show."""

from __future__ import annotations

from typing import Any

from ...books.cast import own_company
from ...kernel.doing import Looking
from ...kernel.evidence import asks, check, goal


@asks("CA001", "CA002", "CA003")
def _company(look: Looking) -> dict[str, Any]:
    own = own_company(look)
    return {"company": own.name, "uscc": own.uscc, "city": own.city, "province": own.province}


check(
    "CA001",
    goal("issued", "1", "申请到一张证书", "A certificate has been applied for and issued", lambda s: s.did("ca.apply")),
    goal(
        "company",
        "0.6",
        "是 {company}（{uscc}）的企业证书",
        "It is an enterprise certificate for {company} ({uscc})",
        lambda s: s.look.one("select 1 from certificate where kind = 'enterprise' and uscc = $uscc", uscc=s.brief["uscc"]),
    ),
    goal(
        "place",
        "0.4",
        "登记的城市是 {city}",
        "It names the city {city}",
        lambda s: s.did("ca.apply", where=lambda d: d.arguments["city"].casefold() in s.brief["city"].casefold()),
    ),
)
check(
    "CA002",
    goal(
        "letter",
        "0.6",
        "打开过证书中心的通知邮件",
        "The authority's letter has been opened",
        lambda s: s.did("email.read", where=lambda d: "ca@" in d.result["sender"]),
    ),
    goal(
        "verified",
        "1.4",
        "用证书编号和下载密码通过了验证",
        "Certificate number and download password have been verified",
        lambda s: s.did("ca.verify_download"),
    ),
)
check(
    "CA003",
    goal("downloaded", "1.2", "下载了一张证书", "A certificate has been downloaded", lambda s: s.did("ca.download")),
    goal("with_key", "0.8", "下载的是含私钥的 PKCS#12 文件", "It was downloaded as PKCS#12, with its key", lambda s: s.did("ca.download", format="p12")),
)
