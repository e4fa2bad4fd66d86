"""A Spark of several executors on this machine, for the tests: loopback only, no Java left behind."""

import contextlib
import os
import shutil
import sys
import warnings
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

INSTALL = "apt-get install -y --no-install-recommends openjdk-17-jre-headless"
# Two executors of one core and 1 GiB each, processes of their own.
CLUSTER = "local-cluster[2,1,1024]"


def missing() -> str | None:
    """Why no Spark can be started here, with what helps; none when it can."""
    if find_spec("pyspark") is None:
        return "pyspark is not installed: pip install -r requirements-engines.txt"
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java") is None and not (home and Path(home, "bin", "java").exists()):
        return f"Java is not installed: {INSTALL}"
    return None


@contextlib.contextmanager
def session(folder: Path, master: str = CLUSTER, *, quick: bool = True) -> Iterator[object]:
    """A running session, its files in a folder; `quick` to start, else to compute."""
    # Workers take the first python3 there is, and names of this machine may lead to a network.
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyspark import SparkContext
        from pyspark.sql import SparkSession
    # Short-lived: compiling well would take longer than it saves.
    java = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC" if quick else "-XX:+UseG1GC"
    settings = {
        "spark.driver.extraJavaOptions": java,
        "spark.executor.extraJavaOptions": java,
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "OFF",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "3",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.local.dir": str(folder / "local"),
        # Executors of a cluster would have it installed.
        "spark.executorEnv.PYTHONPATH": os.pathsep.join(sys.path),
    }
    builder = SparkSession.builder.master(master).appName("tthc-kpi-tests")
    for key, value in settings.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    gateway = SparkContext._gateway
    try:
        yield spark
    finally:
        spark.stop()
        gateway.shutdown()
        gateway.proc.stdin.close()
        gateway.proc.wait(60)
        SparkContext._gateway = SparkContext._jvm = None
