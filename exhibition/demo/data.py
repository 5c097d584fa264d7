"""The demo edition's names and numbers.

Facts of the fair of 6 to 8 November 2020 at Dusun Semilir, Bawen; every invented business is marked as a sample.
"""

from dataclasses import dataclass
from datetime import time

from exhibition.exhibitors.rules.application_steps import ExhibitorKind

FAIR = {
    "name": "Pameran Produk UMKM Kabupaten Semarang",
    "tagline": "38 stan pilihan dibuka bersama toko daring Warung Serasi, dengan protokol kesehatan.",
    "venue_name": "Balai Agung, Dusun Semilir",
    "address": "Jl. Soekarno-Hatta No. 49, Bawen, Kabupaten Semarang",
    "organizer_name": "Dinas Koperasi, UKM, Perindustrian dan Perdagangan Kabupaten Semarang",
    "contact_email": "panitia@pameran.example",
    "contact_phone": "+622981234567",
    "longest_stay_minutes": 240,
    "square_metres_each": 4.0,
    "mask_required": True,
    "screening_question": "Apakah ada yang demam, batuk, atau sesak napas?",
    "forbidden_words": "rokok\nminuman keras\nobat kuat",
    "directions_url": "https://www.openstreetmap.org/search?query=Dusun%20Semilir%20Bawen",
}
UNTRUSTED = frozenset({"rempeyek-ambarawa", "gerabah-pringapus"})
"""New at the fair: what they add waits for an organizer."""
OPENS_AT, CLOSES_AT = time(9), time(17)
ROUNDS = ((time(12), 60), (time(15), 60), (time(17), 30))
"""Beginning and minutes of the disinfection rounds; the first two cover whole slots and so close them."""
SLOT_CAPACITY = 120
INSIDE_CAPACITY = 150
LAST_DAY_CAPACITY = (200, "Pelonggaran dari Dinas Kesehatan")

HALL_WIDTH_M, HALL_DEPTH_M = 34.0, 36.0
GRID = 10
PITCH_M, BOOTH_M = 3.0, 2.0
LEFT_M, TOP_M = 2.5, 4.0
ZONES = (
    ("PEM", "Pemerintah", range(2)),
    ("KUL", "Kuliner", range(2, 5)),
    ("KRI", "Kerajinan", range(5, 8)),
    ("WIS", "Wisata dan Koperasi", range(8, 10)),
)
OPEN_BOOTHS = 38

GATES = (("A", "Gerbang A (utara)"), ("B", "Gerbang B (selatan)"))

CLUSTERS = (
    ("camilan", "Klaster Camilan"),
    ("kopi", "Klaster Kopi"),
    ("batik", "Klaster Batik"),
    ("bambu-kayu", "Klaster Bambu dan Kayu"),
    ("desa-wisata", "Klaster Desa Wisata"),
)


@dataclass(frozen=True)
class DemoExhibitor:
    slug: str
    name: str
    kind: ExhibitorKind
    product_group: str
    district: str
    cluster: str | None = None
    description: str = ""
    sample: bool = False


def _sample(slug: str, name: str, group: str, district: str, cluster: str | None, description: str) -> DemoExhibitor:
    kind = ExhibitorKind.COOPERATIVE if name.startswith("Koperasi") else ExhibitorKind.UMKM
    return DemoExhibitor(slug, name, kind, group, district, cluster, description, sample=True)


GOVERNMENT = (
    DemoExhibitor("kemenpora", "Kementerian Pemuda dan Olahraga RI", ExhibitorKind.MINISTRY, "Pemerintah", "Jakarta"),
    DemoExhibitor("kemendag", "Kementerian Perdagangan RI", ExhibitorKind.MINISTRY, "Pemerintah", "Jakarta"),
    DemoExhibitor(
        "dinkop-jateng",
        "Dinas Koperasi UMKM Provinsi Jawa Tengah",
        ExhibitorKind.PROVINCE,
        "Pemerintah",
        "Semarang",
    ),
    DemoExhibitor("kab-sukoharjo", "Kabupaten Sukoharjo", ExhibitorKind.REGENCY, "Pemerintah", "Sukoharjo"),
    DemoExhibitor("kab-demak", "Kabupaten Demak", ExhibitorKind.REGENCY, "Pemerintah", "Demak"),
    DemoExhibitor("kab-purbalingga", "Kabupaten Purbalingga", ExhibitorKind.REGENCY, "Pemerintah", "Purbalingga"),
    DemoExhibitor("kab-temanggung", "Kabupaten Temanggung", ExhibitorKind.REGENCY, "Pemerintah", "Temanggung"),
)

BUSINESSES = (
    _sample("keripik-bu-tini", "Keripik Bu Tini", "Camilan", "Bawen", "camilan", "Keripik singkong dan pisang."),
    _sample("rempeyek-ambarawa", "Rempeyek Ambarawa", "Camilan", "Ambarawa", "camilan", "Rempeyek kacang dan teri."),
    _sample("tahu-serasi-bandungan", "Tahu Bandungan Lestari", "Camilan", "Bandungan", "camilan", "Tahu segar."),
    _sample("emping-suruh", "Emping Suruh", "Camilan", "Suruh", "camilan", "Emping melinjo asli Suruh."),
    _sample("abon-ungaran", "Abon Ungaran", "Camilan", "Ungaran Barat", "camilan", "Abon sapi dan ayam."),
    _sample("kopi-sirap", "Kopi Sirap Makmur", "Kopi", "Jambu", "kopi", "Robusta lereng Kelir."),
    _sample("kopi-banaran-muda", "Kopi Banaran Muda", "Kopi", "Bawen", "kopi", "Sangrai rumahan."),
    _sample("kopi-ngipik", "Kopi Ngipik", "Kopi", "Sumowono", "kopi", "Arabika petik merah."),
    _sample("batik-gemawang", "Batik Gemawang Indah", "Batik", "Jambu", "batik", "Batik bermotif kopi dan gajah."),
    _sample("batik-serasi", "Batik Serasi", "Batik", "Ungaran Timur", "batik", "Batik tulis pewarna alam."),
    _sample("lurik-tuntang", "Lurik Tuntang", "Batik", "Tuntang", "batik", "Lurik tenun tangan."),
    _sample("bambu-klero", "Bambu Klero", "Kerajinan", "Tengaran", "bambu-kayu", "Anyaman bambu."),
    _sample("ukir-banyubiru", "Ukir Banyubiru", "Kerajinan", "Banyubiru", "bambu-kayu", "Ukiran kayu."),
    _sample("eceng-rawa-pening", "Eceng Rawa Pening", "Kerajinan", "Banyubiru", "bambu-kayu", "Tas eceng gondok."),
    _sample("mebel-susukan", "Mebel Susukan", "Kerajinan", "Susukan", "bambu-kayu", "Mebel kayu jati kecil."),
    _sample("gerabah-pringapus", "Gerabah Pringapus", "Kerajinan", "Pringapus", None, "Gerabah hias."),
    _sample("madu-gunung-ungaran", "Madu Gunung Ungaran", "Minuman", "Bandungan", None, "Madu hutan."),
    _sample("jamu-bu-sri", "Jamu Bu Sri", "Minuman", "Bergas", None, "Jamu segar dan serbuk."),
    _sample("wedang-uwuh-getasan", "Wedang Uwuh Getasan", "Minuman", "Getasan", None, "Rempah seduh."),
    _sample("susu-getasan", "Susu Segar Getasan", "Minuman", "Getasan", None, "Susu dan yoghurt."),
    _sample("bunga-bandungan", "Bunga Bandungan", "Tanaman", "Bandungan", None, "Bunga potong dan bibit."),
    _sample("sayur-kopeng", "Sayur Kopeng", "Tanaman", "Getasan", None, "Sayuran dataran tinggi."),
    _sample("desa-wisata-lerep", "Desa Wisata Lerep Ceria", "Wisata", "Ungaran Barat", "desa-wisata", "Paket desa."),
    _sample("desa-wisata-nyatnyono", "Desa Wisata Nyatnyono", "Wisata", "Ungaran Barat", "desa-wisata", "Curug."),
    _sample("perahu-rawa-pening", "Perahu Rawa Pening", "Wisata", "Tuntang", "desa-wisata", "Sewa perahu."),
    _sample("kaos-semarangan", "Kaos Kabupaten", "Ekonomi kreatif", "Ungaran Timur", None, "Kaos sablon lokal."),
    _sample("animasi-ungaran", "Studio Animasi Ungaran", "Ekonomi kreatif", "Ungaran Barat", None, "Gambar bergerak."),
    _sample("boneka-kain", "Boneka Kain Pabelan", "Ekonomi kreatif", "Pabelan", None, "Boneka perca."),
    _sample("koperasi-tani-mulyo", "Koperasi Tani Mulyo", "Koperasi", "Sumowono", None, "Hasil tani anggota."),
    _sample("koperasi-wanita-mandiri", "Koperasi Wanita Mandiri", "Koperasi", "Bringin", None, "Produk ibu-ibu."),
    _sample("koperasi-susu-andini", "Koperasi Susu Andini", "Koperasi", "Getasan", None, "Susu anggota koperasi."),
    _sample("gula-aren-bringin", "Gula Aren Bringin", "Camilan", "Bringin", "camilan", "Gula semut dan cetak."),
    _sample("sirup-kelengkeng", "Sirup Kelengkeng Ambarawa", "Minuman", "Ambarawa", None, "Sirup buah."),
    _sample("sepatu-kulit-bergas", "Sepatu Kulit Bergas", "Kerajinan", "Bergas", None, "Sepatu kulit sapi."),
    _sample("tempe-pabelan", "Keripik Tempe Pabelan", "Camilan", "Pabelan", "camilan", "Keripik tempe tipis."),
    _sample("kopi-telomoyo", "Kopi Telomoyo", "Kopi", "Getasan", "kopi", "Arabika lereng Telomoyo."),
)

_MADE = (
    ("Keripik Singkong", "Camilan", "camilan"),
    ("Kopi", "Kopi", "kopi"),
    ("Batik", "Batik", "batik"),
    ("Anyaman Bambu", "Kerajinan", "bambu-kayu"),
    ("Wingko", "Camilan", "camilan"),
    ("Jamu", "Minuman", None),
    ("Ukiran Kayu", "Kerajinan", "bambu-kayu"),
    ("Tanaman Hias", "Tanaman", None),
    ("Sirup Buah", "Minuman", None),
    ("Tas Rajut", "Kerajinan", None),
    ("Abon Lele", "Camilan", "camilan"),
    ("Teh Herbal", "Minuman", None),
    ("Mainan Kayu", "Ekonomi kreatif", None),
)
_PLACES = ("Bancak", "Kaliwungu", "Tengaran", "Suruh", "Pabelan", "Bringin", "Sumowono", "Jambu", "Bergas", "Getasan")
EARLIER_COUNT = 52


def _earlier(number: int) -> DemoExhibitor:
    what, group, cluster = _MADE[number % len(_MADE)]
    where = _PLACES[number % len(_PLACES)]
    slug = f"{what} {where}".lower().replace(" ", "-")
    return _sample(slug, f"{what} {where}", group, where, cluster, f"{what} dari {where}.")


EARLIER = tuple(_earlier(number) for number in range(EARLIER_COUNT))
"""Those that were at last year's fair and are not at this year's; each is another product of another district."""
LAST_YEAR_PARTIES = 520
"""How many registered for last year's fair."""

CONFIRMED, OFFERED, HELD = 31, 2, 2
"""How many of the open booths are in which state; the rest are still free."""
