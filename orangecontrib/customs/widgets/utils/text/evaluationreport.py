"""The report of Evaluate Codes: each page that has something to show."""
from __future__ import annotations

from orangecontrib.customs.i18n import say
from orangecontrib.customs.i18n.numbers import share
from orangecontrib.customs.widgets.utils.common.goodslist import report_rows
from orangecontrib.customs.widgets.utils.common.wording import room

__all__ = ["EvaluationReport"]

words = room("evaluationreport")


class EvaluationReport:
    """Writes pages into Orange's report; a part of the widget."""

    def send_report(self):
        if self.evaluated is not None:
            self._report_evaluated()
        if self.calibration_page.model.rows:
            self.report_table(say(self.calibration_page.title),
                              report_rows(self.calibration_page.model), header_rows=1)
            self.report_plot(say(words("report_calibration")), self.calibration_page.plot)
        if self.matrix_page.matrix is not None:
            self.report_paragraph(say(self.matrix_page.title), self.matrix_page.sentence.text())
            self.report_table(say(self.matrix_page.title), self.matrix_page.report_rows(),
                              header_rows=1, header_columns=1)
        page = self.ledger_page
        if page.summary is not None:
            self.report_paragraph(say(page.title), page.sentence.text())
            for view in (page.code_view, page.pair_view):
                self.report_table(view.accessibleName(), report_rows(view.model()), header_rows=1)
            self.report_plot(say(page.title), page.plot)

    def _report_evaluated(self):
        models = self.models_page
        self.report_items(say(words("report_evaluated")), (
            (say(words("model")), self.model_combo.currentText()),
            (say(words("codes")), self.level_combo.currentText()),
            (say(words("limit")), share(self.limit))))
        self.report_paragraph(say(words("report_result")), self.sentence.text())
        self.report_table(say(words("codes")),
                          [row[:3] + row[4:] for row in report_rows(self.page.model)],
                          header_rows=1)
        self.report_paragraph(say(models.title), models.sentence.text())
        self.report_table(say(models.title), report_rows(models.models), header_rows=1)
        if models.verdicts.rows:
            self.report_table(models.verdict_view.accessibleName(), report_rows(models.verdicts),
                              header_rows=1)
        self.report_table(say(self.final_page.title), report_rows(self.final_page.model),
                          header_rows=1)
        self.report_paragraph(say(self.safe_page.title), self.safe_page.sentence.text())
        self.report_table(say(self.safe_page.title), report_rows(self.safe_page.model),
                          header_rows=1)
        self.report_plot(say(words("report_calibration")), self.page.calibration)
        self.report_plot(say(words("report_risk")), self.page.risk)
