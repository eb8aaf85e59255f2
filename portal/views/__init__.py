"""The pages 页面, one noun a file."""

from portal.views.cases import case_pages
from portal.views.confidence import confidence_pages
from portal.views.desk import desk_pages
from portal.views.drafts import draft_pages
from portal.views.files import file_pages
from portal.views.forgotten import forgotten
from portal.views.health import health
from portal.views.intake import intake
from portal.views.kin import kin_pages
from portal.views.loans import loan_pages
from portal.views.lookups import lookups
from portal.views.notices import notice_pages
from portal.views.profile import profile_pages
from portal.views.retaliation import retaliation_pages
from portal.views.revealing import reveal_pages
from portal.views.second_factor import second_factor_pages
from portal.views.signing_in import door
from portal.views.statements import statement_pages
from portal.views.steps import step_pages
from portal.views.uploads import upload_pages
from portal.views.watch import watch_pages

BLUEPRINTS = (
    case_pages,
    confidence_pages,
    desk_pages,
    draft_pages,
    file_pages,
    forgotten,
    health,
    intake,
    kin_pages,
    loan_pages,
    lookups,
    notice_pages,
    profile_pages,
    second_factor_pages,
    door,
    retaliation_pages,
    reveal_pages,
    statement_pages,
    step_pages,
    upload_pages,
    watch_pages,
)
