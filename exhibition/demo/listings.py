"""What the demo's invented businesses sell: plausible prices in rupiah, every shop under a reserved example name.

``warung-serasi.example`` can belong to nobody (RFC 2606), so no real shop is reached from the demo. For the same
reason the demo names no WhatsApp numbers: every number that looks right might be somebody's.
"""

from dataclasses import dataclass

from exhibition.storefront.rules.states import Availability

SHOP = "https://warung-serasi.example/toko"


@dataclass(frozen=True)
class DemoListing:
    title: str
    price: int | None
    description: str = ""
    availability: Availability = Availability.IN_STOCK


def _made(title: str, price: int, description: str = "") -> DemoListing:
    return DemoListing(title, price, description, Availability.PREORDER)


def _gone(title: str, price: int) -> DemoListing:
    return DemoListing(title, price, availability=Availability.OUT_OF_STOCK)


def _asked(title: str, description: str = "") -> DemoListing:
    return DemoListing(title, None, description, Availability.UNKNOWN)


_item = DemoListing

LISTINGS: dict[str, tuple[DemoListing, ...]] = {
    "keripik-bu-tini": (
        _item("Keripik singkong original 250 g", 15_000, "Renyah, digoreng dengan minyak baru. Tahan 3 bulan."),
        _item("Keripik singkong balado 250 g", 17_000, "Pedas manis."),
        _gone("Keripik pisang cokelat 200 g", 18_500),
    ),
    "rempeyek-ambarawa": (_item("Rempeyek kacang 250 g", 20_000), _item("Rempeyek teri 250 g", 24_000)),
    "tahu-serasi-bandungan": (_item("Tahu putih isi 10", 18_000), _item("Tahu bakso isi 10", 32_000)),
    "emping-suruh": (_item("Emping melinjo mentah 500 g", 45_000), _item("Emping manis pedas 250 g", 30_000)),
    "abon-ungaran": (_item("Abon sapi 100 g", 38_000), _item("Abon ayam 100 g", 27_500)),
    "kopi-sirap": (
        _item("Robusta sangrai sedang 200 g", 35_000, "Biji atau bubuk; tulis pilihan Anda saat memesan."),
        _item("Robusta petik merah 500 g", 82_000),
    ),
    "kopi-banaran-muda": (_item("Kopi bubuk halus 250 g", 28_000), _item("Kopi celup isi 10", 25_000)),
    "kopi-ngipik": (_item("Arabika natural 200 g", 60_000), _made("Biji hijau arabika 1 kg", 95_000)),
    "batik-gemawang": (
        _item("Kain batik cap motif kopi 2 m", 175_000),
        _made("Kemeja batik gajah", 285_000, "Dijahit sesuai ukuran, 7 hari."),
    ),
    "batik-serasi": (_made("Batik tulis pewarna alam 2,5 m", 850_000), _item("Syal batik", 120_000)),
    "lurik-tuntang": (_item("Kain lurik tenun 1 m", 65_000), _item("Tas lurik", 110_000)),
    "bambu-klero": (_item("Besek bambu isi 10", 35_000), _item("Kap lampu anyaman", 145_000)),
    "ukir-banyubiru": (_made("Hiasan dinding ukir 60 cm", 450_000), _asked("Gebyok ukir", "Ukuran sesuai pesanan.")),
    "eceng-rawa-pening": (_item("Tas eceng gondok", 135_000), _item("Keranjang cucian", 98_000)),
    "mebel-susukan": (_item("Bangku jati kecil", 225_000), _made("Rak buku jati 3 susun", 675_000)),
    "gerabah-pringapus": (_item("Vas gerabah 25 cm", 55_000), _item("Celengan ayam", 25_000)),
    "madu-gunung-ungaran": (_item("Madu hutan 350 ml", 90_000), _gone("Madu kelengkeng 350 ml", 85_000)),
    "jamu-bu-sri": (_item("Beras kencur 600 ml", 15_000), _item("Kunyit asam serbuk 200 g", 22_000)),
    "wedang-uwuh-getasan": (_item("Wedang uwuh isi 10", 30_000), _item("Jahe merah serbuk 200 g", 27_000)),
    "susu-getasan": (_item("Susu pasteurisasi 1 l", 18_000), _item("Yoghurt stroberi 250 ml", 12_000)),
    "bunga-bandungan": (_item("Buket krisan", 50_000), _item("Bibit mawar dalam polybag", 20_000)),
    "sayur-kopeng": (_item("Paket sayur sup 2 kg", 25_000), _item("Wortel 1 kg", 12_000)),
    "desa-wisata-lerep": (
        _made("Paket sehari di desa, per orang", 125_000, "Termasuk makan siang. Minimal 10 orang."),
    ),
    "desa-wisata-nyatnyono": (_made("Jelajah curug, per orang", 75_000), _asked("Menginap di rumah warga")),
    "perahu-rawa-pening": (_item("Sewa perahu 1 jam", 100_000), _made("Perahu matahari terbit, per orang", 60_000)),
    "kaos-semarangan": (_item("Kaos sablon Rawa Pening", 85_000), _item("Topi kabupaten", 45_000)),
    "animasi-ungaran": (_asked("Video iklan 30 detik"), _made("Stiker WhatsApp usaha Anda", 150_000)),
    "boneka-kain": (_item("Boneka perca kelinci", 65_000), _made("Boneka wayang kain", 95_000)),
    "koperasi-tani-mulyo": (_item("Beras merah 1 kg", 22_000), _item("Kentang dieng 2 kg", 36_000)),
    "koperasi-wanita-mandiri": (_item("Dompet bordir", 40_000), _item("Kue kering nastar 500 g", 75_000)),
    "koperasi-susu-andini": (_item("Kerupuk susu 200 g", 16_000), _item("Sabun susu kambing", 18_000)),
    "gula-aren-bringin": (_item("Gula semut aren 500 g", 32_000), _item("Gula aren cetak 1 kg", 38_000)),
    "sirup-kelengkeng": (_item("Sirup kelengkeng 460 ml", 35_000),),
    "sepatu-kulit-bergas": (_made("Pantofel kulit pria", 375_000), _item("Sandal kulit", 140_000)),
    "tempe-pabelan": (_item("Keripik tempe tipis 200 g", 16_500), _item("Keripik tempe daun jeruk 200 g", 17_500)),
    "kopi-telomoyo": (_item("Arabika washed 200 g", 58_000), _item("Drip bag isi 5", 40_000)),
}
