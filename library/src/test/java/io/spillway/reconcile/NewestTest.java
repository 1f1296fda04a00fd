package io.spillway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NewestTest {
    private final World world = new World();
    private final SlurmLook look = new SlurmLook(world.site());
    private final Newest newest = new Newest();

    @Test
    void whatAChangeTellsIsALookAsOldAsTheChange() {
        newest.changed(look, 10, 20);
        assertThat(newest.since(10)).map(Newest.Look::slurm).containsSame(look);
        assertThat(newest.since(11)).isEmpty();
    }

    @Test
    void aLookThatBeganBeforeTheEndOfAChangeIsNotTakenAfterIt() {
        newest.changed(look, 10, 20);
        newest.seen(new SlurmLook(world.site()), 15);
        assertThat(newest.since(0)).map(Newest.Look::slurm).containsSame(look);
        newest.seen(new SlurmLook(world.site()), 21);
        assertThat(newest.since(21)).isPresent();
    }

    @Test
    void whatElseHasHappenedMeanwhileMayNotBeInIt() {
        newest.changed(15);
        newest.changed(look, 10, 20);
        assertThat(newest.since(0)).isEmpty();
        newest.seen(look, 18);
        assertThat(newest.since(0)).isEmpty();
    }
}
