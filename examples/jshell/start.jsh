import io.spillway.model.*
import io.spillway.policy.Action
import static io.spillway.simulation.shell.Shell.*
simulate()
