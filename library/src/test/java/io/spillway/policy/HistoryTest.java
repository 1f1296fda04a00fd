package io.spillway.policy;

import static io.spillway.policy.SomeSite.NOON;
import static io.spillway.policy.SomeSite.site;
import static org.assertj.core.api.Assertions.assertThat;

import io.spillway.model.Away;
import io.spillway.model.NodeName;
import io.spillway.model.SiteView;
import java.util.List;
import org.junit.jupiter.api.Test;

class HistoryTest {
    private static final NodeName VN01 = NodeName.of("vn01");
    private static final List<Action> AWAY =
            List.of(new Action.Checkpoint(VN01, new Why("room", "backfill checkpoint", Cost.NONE)));

    private static SomeSite busy() {
        return site().host("cn01", 4, 4000)
                .pool("htc", "vn[01-08]", 0, 0)
                .node("vn01", "cn01")
                .job("12", "low");
    }

    @Test
    void anInterruptionIsCountedAndForgottenWithItsJob() {
        SiteView view = busy().view();
        Plan plan = Plan.of(Outlook.of(view), AWAY);
        History history = History.NONE.noted(plan, view);
        assertThat(history.jobs()).containsEntry("12", new History.Past(1, NOON));
        SiteView gone = Imagine.done(view, AWAY);
        History later = history.seen(gone);
        assertThat(gone.nodes().get(0).away()).contains(new Away("backfill", true, NOON, "cn01"));
        assertThat(later.jobs()).containsKey("12");
        SiteView back = Imagine.done(
                gone,
                List.of(new Action.Restore(VN01, java.util.Optional.empty(), new Why("back", "backfill", Cost.NONE))));
        assertThat(back).isEqualTo(view);
        assertThat(later.seen(site().view())).isEqualTo(History.NONE);
    }

    @Test
    void anIdleNodeIsKnownSinceItWasFirstSeenSo() {
        SomeSite idle = site().host("cn01", 4, 4000).node("vn01", "cn01");
        History history = History.NONE.seen(idle.view());
        History later = history.seen(idle.at(NOON.plusSeconds(60)).view());
        assertThat(later.idle()).containsEntry(VN01, NOON);
        assertThat(later.seen(busy().view()).idle()).isEmpty();
    }

    @Test
    void whatAnEarlierVersionWroteIsReadAsFarAsItIsKnown() {
        assertThat(History.parse("{\"jobs\": {}, \"idle\": {}, \"away\": {\"vn01\": {}}, \"moved\": {}}"))
                .isEqualTo(History.NONE);
    }

    @Test
    void itIsReadBack() {
        SiteView view = busy().view();
        History history = History.NONE.seen(view).noted(Plan.of(Outlook.of(view), AWAY), view);
        assertThat(History.parse(history.json())).isEqualTo(history);
    }
}
