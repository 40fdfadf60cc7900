namespace Renderiq
{
    /// <summary>The version of this library.</summary>
    public static class RenderiqVersion
    {
        /// <summary>As in the headers of every request.</summary>
        public const string Number = "0.1.0";
    }
}
