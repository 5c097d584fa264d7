"""Currencies: their codes, the symbols people write for them, and with how many decimals they are written."""

ISO_4217 = frozenset(
    """AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP
    CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR
    ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT
    MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD
    SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES
    VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG""".split()  # noqa: SIM905 — a list would be 160 lines
)
ZERO_DECIMALS = frozenset("BIF CLP DJF GNF IDR ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split())  # noqa: SIM905
"""Written without decimals in practice. Rupiah has sen by law, but nothing has been priced in them for decades."""
THREE_DECIMALS = frozenset("BHD IQD JOD KWD LYD OMR TND".split())  # noqa: SIM905

SYMBOLS: dict[str, str] = {
    "rp": "IDR",
    "rupiah": "IDR",
    "€": "EUR",
    "euro": "EUR",
    "£": "GBP",
    "us$": "USD",
    "s$": "SGD",
    "a$": "AUD",
    "au$": "AUD",
    "c$": "CAD",
    "ca$": "CAD",
    "nz$": "NZD",
    "hk$": "HKD",
    "nt$": "TWD",
    "r$": "BRL",
    "rm": "MYR",
    "₹": "INR",
    "₫": "VND",
    "đ": "VND",
    "฿": "THB",
    "₱": "PHP",
    "₩": "KRW",
    "₽": "RUB",
    "₺": "TRY",
    "₴": "UAH",
    "₪": "ILS",
    "₦": "NGN",
    "zł": "PLN",
    "kč": "CZK",
    "د.إ": "AED",
    "ر.س": "SAR",
    "د.ك": "KWD",
    "ج.م": "EGP",
    "د.ت": "TND",
}
SHARED_SYMBOLS: dict[str, frozenset[str]] = {
    symbol: frozenset(codes.split())
    for symbol, codes in {
        "$": "USD SGD AUD CAD HKD NZD MXN TWD BND ARS CLP COP UYU",
        "¥": "JPY CNY",
        "kr": "SEK NOK DKK ISK",
        "rs": "INR PKR LKR NPR MUR SCR",
        "fcfa": "XOF XAF",
        "cfa": "XOF XAF",
        "f": "XOF XAF CHF GNF",
        "dh": "AED MAD",
        "dhs": "AED MAD",
        "dt": "TND",
        "kd": "KWD",
        "tl": "TRY",
    }.items()
}
"""Symbols of several currencies: they name none by themselves, but may contradict one named elsewhere."""


def decimals_of(currency: str | None) -> int | None:
    """How many decimals the currency is written with; None when it is not known."""
    if currency is None:
        return None
    return 0 if currency in ZERO_DECIMALS else 3 if currency in THREE_DECIMALS else 2
