"""What the parts of an event's data are called, wherever a page names them."""

from api.dossier.data import FIELDS
from workflow.domain.procedure import Label

WORDS = {
    **FIELDS,
    "attribution": Label("whom it cites", "援引的消息来源"),
    "authority": Label("authority", "机关"),
    "bound": Label("bound", "界限"),
    "buyer": Label("buyer", "买方"),
    "buyers": Label("buyers", "买方"),
    "claims": Label("claims", "主张"),
    "effective_at": Label("in effect since", "生效时间"),
    "en": Label("in English", "英文"),
    "evidence": Label("evidence", "证据"),
    "expires_at": Label("ends at", "到期时间"),
    "goods": Label("goods", "货物"),
    "grade": Label("grade", "证据等级"),
    "id": Label("id", "编号"),
    "item": Label("item", "品名"),
    "name": Label("name", "名称"),
    "organisation": Label("organisation", "机构"),
    "procedure": Label("procedure", "程序"),
    "own_reference": Label("reference", "申请方编号"),
    "published_at": Label("published", "发布时间"),
    "publisher": Label("publisher", "发布者"),
    "reason": Label("reason", "理由"),
    "reference": Label("reference", "文号"),
    "sha256": Label("SHA-256 of the document", "文件的 SHA-256"),
    "title": Label("title", "标题"),
    "type": Label("event", "事项"),
    "url": Label("address", "网址"),
    "value": Label("value", "具体要求"),
    "why": Label("reason for the correction", "更正理由"),
    "with": Label("instead", "更正后的内容"),
    "zh": Label("in Chinese", "中文"),
}
"""The words of the dossier, and of what else a form asks for."""
WORDS["basis_points"] = Label("share in basis points (100 are 1%)", "比例（基点，100 个基点为 1%）")
