namespace Renderiq.Plugin
{
    /// <summary>The panel as a host opens and closes it, in the host's thread.</summary>
    public interface IPanel
    {
        /// <summary>Opens the panel, or brings it to the front.</summary>
        void Show();

        /// <summary>Closes it for good.</summary>
        void Close();
    }
}
