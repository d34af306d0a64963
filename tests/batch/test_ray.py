"""The same run on Ray, on a cluster of two computers with a core each, and what may befall it."""
import csv
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from orangecontrib.customs.batch import ENGINES, Declarations, Job, run_batch
from orangecontrib.customs.batch import run as run_module
from orangecontrib.customs.batch import spool as spool_module
from orangecontrib.customs.batch.cluster import ClusterError, OnRay
from orangecontrib.customs.batch.cluster.steps import Steps, carried, sent
from orangecontrib.customs.batch.work import Task, Worker
from orangecontrib.customs.files import Output
from orangecontrib.customs.headless.cli import main
from orangecontrib.customs.photos.sources import Photo

FAULTS = Path(__file__).parent / "faults"
BOOTS = "БОТИНКИ МУЖСКИЕ, ВЕРХ ИЗ НАТУРАЛЬНОЙ КОЖИ, ПОДОШВА ИЗ РЕЗИНЫ, ДЛИНА СТЕЛЬКИ 27 СМ"
TWO = "Товар №1: ботинки мужские, верх кожа, 10 пар; Товар №2: туфли женские, верх текстиль, 5 пар"
TEXTS = [BOOTS, "туфли женские, верх кожа", "", TWO, "реле 220 В", "кеды, верх текстиль"]
GOODS = 20
#: One reader is made sooner than two, in each of the processes.
GROUP = ["--group", "footwear"]
#: `classify` on a cluster whose head is ended as soon as something is kept.
HEADLESS = """
import os, signal, sys
if __name__ == "__main__":
    from orangecontrib.customs.batch import checkpoint, spool
    from orangecontrib.customs.batch.cluster import engine
    from orangecontrib.customs.headless.cli import main
    spool.BLOCK, engine.AWAY, keep = 4, 0., checkpoint.Checkpoint.keep
    def kept(self, done):
        keep(self, done)
        os.kill(int(sys.argv[1]), signal.SIGKILL)
        checkpoint.Checkpoint.keep = keep
    checkpoint.Checkpoint.keep = kept
    sys.exit(main(sys.argv[2:]))
"""


@pytest.fixture(scope="module")
def cluster():
    """A head and two computers with a core each, one of them with what Ray takes for a GPU."""
    pytest.importorskip("ray", reason="the extra 'cluster' is not installed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("RAY_AUTH_MODE", "disabled")
        patch.setenv("RAY_BACKEND_LOG_LEVEL", "fatal")
        patch.setenv("PYTHONPATH", str(FAULTS))
        patch.syspath_prepend(FAULTS)
        import ray
        from ray.cluster_utils import Cluster
        made = Cluster(initialize_head=True, head_node_args={
            "num_cpus": 0, "include_dashboard": False, "object_store_memory": 10 ** 8})
        for gpus in (1, 0):
            made.add_node(num_cpus=1, num_gpus=gpus, object_store_memory=10 ** 8)
        made.wait_for_nodes()
        try:
            ray.init(made.address, log_to_driver=False, logging_level="ERROR")
            yield made
        finally:
            ray.shutdown()
            made.shutdown()


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """A task has four goods, or four photos."""
    monkeypatch.setattr(spool_module, "BLOCK", 4)
    monkeypatch.setattr(run_module, "PHOTOS", 4)


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "d.csv"
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["good_id", "description", "quantity"])
        for number in range(GOODS):
            writer.writerow([f"{number % 17}", TEXTS[number % len(TEXTS)], number])
    return path


@pytest.fixture
def photos(tmp_path):
    """A photo of each good, and one that is none."""
    for number in range(17):
        folder = tmp_path / "photos" / str(number)
        folder.mkdir(parents=True)
        picture = np.random.default_rng(number).integers(0, 255, (9, 12, 3), dtype=np.uint8)
        Image.fromarray(picture).resize((300, 200)).save(folder / "1.jpg")
    (tmp_path / "photos" / "3" / "2.jpg").write_bytes(b"\xff\xd8\xff\xe0 nothing more")
    return tmp_path / "photos"


def classify(source, out, *extra):
    return main(["classify", "--declarations", str(source), "--out", str(out), *GROUP,
                 *map(str, extra)])


def rows_in(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def equal(found, whole):
    """Words and codes are the same, numbers to 1e-6 or what is written of them."""
    assert len(found) == len(whole)
    for one, other in zip(found, whole):
        for name, value in one.items():
            if value != other[name]:
                assert float(value) == pytest.approx(float(other[name]), abs=1.1e-4), name
    return True


# -- on a cluster

def test_goods_are_decided_as_in_one_process_and_nothing_of_the_run_is_left(
        cluster, source, tmp_path):
    whole, found = tmp_path / "whole.parquet", tmp_path / "found.parquet"
    assert classify(source, whole) == 0
    assert classify(source, found, "--engine", "ray", "--resume") == 0
    assert found.read_bytes() == whole.read_bytes()
    assert sorted(os.listdir(tmp_path)) == ["d.csv", "found.parquet", "whole.parquet"]


def test_cpus_decode_for_gpus_and_a_photo_that_is_none_is_told_as_ever(
        cluster, source, photos, tmp_path, capsys):
    assert classify(source, tmp_path / "whole.csv", "--photos", photos) == 0
    told = [line for line in capsys.readouterr().err.splitlines() if "skipped" in line]
    assert classify(source, tmp_path / "o.csv", "--photos", photos, "--engine", "ray") == 0
    assert equal(rows_in(tmp_path / "o.csv"), rows_in(tmp_path / "whole.csv"))
    assert told and told == [
        line for line in capsys.readouterr().err.splitlines() if "skipped" in line]


def _with_photos(source, tmp_path, photos, name, engine):
    job = Job(tmp_path / f"{name}.rows", None, None, groups=("footwear",), model="free",
              on=date(2026, 1, 1))
    with Output(tmp_path / name) as place:
        report = run_batch(job, Declarations(source), place, photos=photos, engine=engine)
    return report, rows_in(tmp_path / name)


def test_processes_that_die_are_replaced_and_a_good_that_ends_each_is_told_apart(
        cluster, source, photos, tmp_path):
    from ray_faults import Deadly, DeadlyOnce, Faulty, Hungry
    kinds = {4: DeadlyOnce, 7: Deadly, 11: Hungry}
    given = [Photo(f"{number}/1.jpg", str(number), kinds.get(number, Faulty)(
        photos / str(number) / "1.jpg")) for number in range(17)]
    healthy = [Photo(photo.image, photo.good_id, photo.opener.path) for photo in given]
    _, whole = _with_photos(source, tmp_path, healthy, "whole.csv", "local")
    report, found = _with_photos(source, tmp_path, given, "o.csv", "ray")
    lost = [row["good_id"] for row in found if "ошибки в программе" in row["problems"]]
    assert lost == ["7", "11"] and report.counts["failed"] == 2
    assert equal([row for row in found if row["good_id"] not in lost],
                 [row for row in whole if row["good_id"] not in lost])


def test_a_computer_that_is_lost_takes_nothing_with_it(cluster, source, tmp_path):
    assert classify(source, tmp_path / "whole.csv") == 0
    left = [cluster.add_node(num_cpus=1, object_store_memory=10 ** 8)]

    def lose(done, total):
        if left:
            cluster.remove_node(left.pop(), allow_graceful=False)
    with Output(tmp_path / "o.csv") as place:
        run_batch(Job(tmp_path / "rows", None, None, groups=("footwear",)), Declarations(source),
                  place, engine="ray", progress=lose)
    assert not left
    assert (tmp_path / "o.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_without_its_head_a_run_ends_and_says_so_and_goes_on_later(cluster, source, tmp_path):
    from ray.cluster_utils import Cluster
    other = Cluster(initialize_head=True, head_node_args={
        "num_cpus": 1, "include_dashboard": False, "object_store_memory": 10 ** 8})
    program, out = tmp_path / "headless.py", tmp_path / "o.csv"
    program.write_text(HEADLESS)
    head = other.head_node.all_processes["gcs_server"][0].process.pid
    try:
        ended = subprocess.run(
            [sys.executable, str(program), str(head), "classify", "--declarations", str(source),
             "--out", str(out), *GROUP, "--resume", "--engine", "ray", "--address", other.address],
            capture_output=True, text=True, timeout=600)
    finally:
        other.shutdown()
    if ended.returncode != 0:  # on a fast computer workers finish what they have without a head
        assert ended.returncode == 2 and "head of the cluster" in ended.stderr, ended.stderr
        assert not out.exists() and (tmp_path / "o.csv.resume" / "00000000.part").exists()
        assert classify(source, out, "--resume") == 0
    assert classify(source, tmp_path / "whole.csv") == 0
    assert out.read_bytes() == (tmp_path / "whole.csv").read_bytes()


# -- without one

def test_without_the_extra_it_is_said_what_to_install(source, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "ray", None)
    assert classify(source, tmp_path / "o.csv", "--engine", "ray") == 2
    assert 'pip install "Orange3-Customs[cluster]"' in capsys.readouterr().err


def test_an_address_without_ray_is_refused(source, tmp_path, capsys):
    assert classify(source, tmp_path / "o.csv", "--address", "host:6379") == 2
    assert "add --engine ray" in capsys.readouterr().err


def test_ray_is_imported_only_when_it_is_asked_for(source, tmp_path):
    code = (f"import sys\nfrom orangecontrib.customs.headless.cli import main\n"
            f"assert main(['classify', '--declarations', {str(source)!r}, '--out', "
            f"{str(tmp_path / 'o.csv')!r}]) == 0\n"
            "assert 'ray' not in sys.modules and 'fsspec' not in sys.modules\n")
    subprocess.run([sys.executable, "-c", code], check=True, timeout=600)


# -- what is done to a task, wherever

def _steps(job, names):
    import pickle
    return Steps(pickle.dumps(sent(job)), names)


def _job_and_task(source, photos, tmp_path):
    seen = {}

    class Kept:
        def __init__(self, job, workers):
            seen["job"], self._worker = job, Worker(job)

        def run(self, tasks):
            for task in tasks:
                seen.setdefault("task", task)
                yield self._worker(task)

        def close(self):
            seen["spool"] = True
    job = Job(tmp_path / "rows", None, None, groups=("footwear",), model="free")
    from orangecontrib.customs.photos.sources import find_photos
    with Output(tmp_path / "all.csv") as place:
        run_batch(job, Declarations(source), place, photos=find_photos(photos)[0], engine=Kept)
    return seen["job"], seen["task"]


def test_a_task_is_done_step_by_step_where_its_rows_and_its_model_are_not(
        source, photos, tmp_path, monkeypatch):
    job, task = _job_and_task(source, photos, tmp_path)
    whole = Worker(job)(task)
    own = tmp_path / "own.safetensors"
    from orangecontrib.customs.photos.model import bundled_path
    own.write_bytes(Path(bundled_path("free")).read_bytes())
    from dataclasses import replace
    some = [_steps(replace(job, model=str(own)), (name,))
            for name in ("decode", "compute", "decide")]
    item = carried(task, job.spool)
    job.spool.unlink()
    own.unlink()
    for step in some:
        item = step(item)
    assert item.counts == whole.counts and item.counts["photos"] and item.skipped == whole.skipped
    assert [len(part) for part in item.parts] == pytest.approx(
        [len(part) for part in whole.parts], abs=8)


def test_a_backbone_without_memory_takes_fewer_photos_at_a_time(
        source, photos, tmp_path, monkeypatch):
    job, task = _job_and_task(source, photos, tmp_path)
    decode, compute = _steps(job, ("decode",)), _steps(job, ("compute",))
    item, sizes = decode(carried(task, job.spool)), []

    class Backbone:
        on_one_core, batch = None, 4

        def __call__(self, images):
            sizes.append(len(images))
            if len(images) > 1:
                raise RuntimeError("CUDA out of memory")
            return images.reshape(1, -1)[:, :3]
    monkeypatch.setattr(compute, "_backbone", Backbone(), raising=False)
    found = compute(item)
    assert sizes[0] > 1 and len(found.features) == sizes.count(1) and not found.images


def test_the_engine_is_one_of_those_known_by_name(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ClusterError, match="is not installed"):
        ENGINES["ray"](Job(Path(), None, None), 1)
    with pytest.raises(ClusterError):
        OnRay(Job(Path(), None, None))
    assert Task(0).rows(Path()) == carried(Task(0), Path()).rows(Path()) == []
